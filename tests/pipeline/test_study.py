"""Experiments that look at the runs of others, and analyses in a run's own report."""

import numpy as np
import pytest
from etils import epath

from au_jax.errors import InputError
from au_jax.pipeline.run import run_experiment
from au_jax.pipeline.study import run_study
from au_jax.runs.layout import RunFolder
from au_jax.settings import AnalysesConfig, Experiment
from au_jax.system import atomic_files

pytestmark = pytest.mark.filterwarnings("ignore:never present in the training frames")

FILE = """
import dataclasses
from tests.made import tiny_experiment

def experiment():
    return dataclasses.replace(tiny_experiment.experiment(), methods=("cnn",))
"""


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory):
    """A file with an experiment, the folder of its data, and that of its run."""
    folder = tmp_path_factory.mktemp("study")
    file = folder / "tiny.py"
    file.write_text(FILE)
    return file, str(folder / "data"), folder / "runs"


def study(file, *shown):
    return Experiment(
        name="look",
        looks_at=(str(file),),
        methods=("cnn",),
        analyses=AnalysesConfig(shown=shown),
    )


def test_what_is_missing_is_trained_and_what_is_there_is_shown(looked_at):
    file, data_dir, workdir = looked_at
    page = run_study(study(file, "filters"), data_dir=data_dir, workdir=str(workdir))
    assert page == epath.Path(workdir) / "look" / "report" / "index.html"
    assert "Filters of the first layer" in page.read_text()
    assert (page.parent / "conv1_filters.png").exists()
    run = RunFolder(epath.Path(workdir) / "tiny")
    found = atomic_files.read_arrays(run.analysis(0, "filters"))
    assert found["filters"].shape[:3] == (11, 11, 3)
    assert not run.fold(1).exists()  # one fold is enough to look at

    trained = run.method(0, "cnn").test_scores
    before = trained.stat().mtime, run.analysis(0, "filters").stat().mtime
    run_study(study(file, "filters"), data_dir=data_dir, workdir=str(workdir))
    assert (trained.stat().mtime, run.analysis(0, "filters").stat().mtime) == before


def test_a_run_shows_it_in_its_own_report(looked_at):
    file, data_dir, workdir = looked_at
    from au_jax.settings.named import load_experiment

    run_study(study(file, "filters"), data_dir=data_dir, workdir=str(workdir))
    page = run_experiment(load_experiment(str(file)), data_dir=data_dir, workdir=str(workdir))
    assert "What was learned" in page.read_text()
    report = page.parent
    np.testing.assert_array_equal(
        np.frombuffer((report / "conv1_filters.png").read_bytes(), np.uint8),
        np.frombuffer((workdir / "look/report/conv1_filters.png").read_bytes(), np.uint8),
    )


def test_what_cannot_be_looked_at_is_named(looked_at):
    file, data_dir, workdir = looked_at
    given = {"data_dir": data_dir, "workdir": str(workdir)}
    with pytest.raises(InputError, match="known are: filters"):
        run_study(study(file, "colours"), **given)
    with pytest.raises(InputError, match="the analysis filters looks at cnn"):
        run_study(study(file, "filters"), methods=("svm",), **given)
    with pytest.raises(InputError, match="allows 0 to 2"):
        run_study(study(file, "filters"), fold=3, **given)
    changed = study(file, "filters")
    changed.seed = 3
    with pytest.raises(InputError, match="seed was changed, but this experiment looks at"):
        run_study(changed, **given)
