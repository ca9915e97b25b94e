import csv
import io

import numpy as np
import pytest
from etils import epath

from au_jax.reporting.learned.measured import Measured
from au_jax.reporting.learned.preferred_faces import preferred_faces_sections


def made(value_range=(0.0, 255.0), **more):
    rng = np.random.default_rng(0)
    return {
        "aus": np.array([1, 12]),
        "iterations": np.array(300),
        "pictures": rng.uniform(value_range[0], value_range[1], (2, 24, 24, 1)).astype(np.float32),
        "mean": np.zeros((24, 24, 1), np.float32),
        "value_range": np.array(value_range),
        "history": np.array([[-1.0, -2.0], [3.0, 4.0], [5.0, 6.0]]),
        "differences": np.zeros((2, 24, 24, 1), np.float32),
        "correlation": np.array([[0.1, 0.3], [0.2, np.nan]]),
        "test_mean": np.array([1.5, np.nan]),
        "test_highest": np.array([2.5, 3.5]),
        **more,
    }


def test_page_and_numbers(tmp_path):
    report = epath.Path(tmp_path)
    rendered = np.zeros((2, 24, 24, 3), np.uint8)
    (section,) = preferred_faces_sections(report, [Measured("people", "", made(rendered=rendered))])
    assert "300 iterations" in section.text and "built-in person" in section.text
    assert "contrast" not in section.text
    assert (report / "preferred_faces.png").exists()
    assert section.table is not None
    assert section.table.rows[0][1:] == ("-1.00", "5.00", "1.50", "2.50", "AU12", "0.10")
    assert section.table.rows[1][1:] == ("-2.00", "6.00", "–", "3.50", "AU1", "–")
    rows = list(csv.DictReader(io.StringIO((report / "preferred_faces.csv").read_text())))
    assert float(rows[1]["highest_logit"]) == 6
    assert float(rows[0]["correlation_with_AU12"]) == pytest.approx(0.3)


def test_of_several_networks_each_has_files_and_contrast_is_told(tmp_path):
    report = epath.Path(tmp_path)
    contrast = made(value_range=(-3.0, 3.0))
    sections = preferred_faces_sections(
        report, [Measured(name, name, contrast) for name in ("first", "second")]
    )
    assert ["contrast" in section.text for section in sections] == [True, True]
    assert (report / "preferred_faces_second.csv").exists()
    assert "built-in" not in sections[0].text
