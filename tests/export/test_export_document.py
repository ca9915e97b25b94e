"""The scripts of docs/export.md work where this package and its libraries are not."""

import importlib.util
import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest

from au_jax.exporting.folder import ExportChoice, export_detector
from tests.made.detectors import random_detector
from tests.made.exported import random_faces

DOCUMENT = pathlib.Path(__file__).parents[2] / "docs/export.md"
ABSENT = ("au_jax", "flax", "orbax", "etils", "sklearn")
WITHOUT_PACKAGE = """
import pathlib, sys
for name in {absent}:
    sys.modules[name] = None
sys.argv = sys.argv[1:]
exec(compile(pathlib.Path(sys.argv[0]).read_text(), sys.argv[0], "exec"))
"""


def script(title):
    """The script below a heading of the document."""
    section = DOCUMENT.read_text().split(f"## {title}\n")[1]
    found = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert found is not None
    assert len(found[1].strip().splitlines()) <= 30
    return found[1]


def scores_of_script(title, folder, faces, tmp_path, absent=ABSENT):
    program, given, scores = (tmp_path / name for name in ("use.py", "faces.npy", "scores.npy"))
    program.write_text(script(title))
    np.save(given, faces)
    start = WITHOUT_PACKAGE.format(absent=absent)
    files = [str(file) for file in (program, folder, given, scores)]
    done = subprocess.run(
        [sys.executable, "-I", "-c", start, *files], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    return np.load(scores)


@pytest.mark.parametrize("method", ["hybrid", "svm"])
def test_the_script_with_jax_gives_the_scores_of_the_detector(tmp_path, method):
    detector = random_detector(method)
    folder = export_detector(detector, tmp_path / "exported")
    faces = random_faces(70)
    found = scores_of_script("With jax", folder, faces, tmp_path)
    np.testing.assert_allclose(found, detector.scores(faces), atol=1e-5)


def test_the_script_with_onnxruntime_gives_the_scores_of_the_detector(tmp_path):
    for name in ("onnx", "onnxruntime"):
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"{name} is not installed; pip install -e '.[test]'")
    detector = random_detector("hybrid")
    folder = export_detector(detector, tmp_path / "exported", ExportChoice(["onnx"]))
    faces = random_faces(70)
    absent = (*ABSENT, "jax")
    found = scores_of_script("With onnxruntime", folder, faces, tmp_path, absent)
    np.testing.assert_allclose(found, detector.scores(faces), atol=1e-4)
