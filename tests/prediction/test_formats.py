import io
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest

from au_jax.errors import InputError
from au_jax.prediction.formats import FORMATS, check_formats
from tests.made.prediction_tables import frames_of, prediction_of, some_scores

OPENFACE = (
    "frame,face_id,timestamp,confidence,success,"
    "AU01_r,AU02_r,AU04_r,AU05_r,AU06_r,AU07_r,AU09_r,AU10_r,AU12_r,AU14_r,AU15_r,AU17_r,AU20_r,"
    "AU23_r,AU25_r,AU26_r,AU45_r,"
    "AU01_c,AU02_c,AU04_c,AU05_c,AU06_c,AU07_c,AU09_c,AU10_c,AU12_c,AU14_c,AU15_c,AU17_c,AU20_c,"
    "AU23_c,AU25_c,AU26_c,AU28_c,AU45_c"
)
"""Header of OpenFace 2.2 with -aus: RecorderCSV.cpp, and its wiki's page Output-Format."""


@pytest.fixture(scope="module")
def found():
    return prediction_of(frames_of(some_scores(people=2)))


def text(found, name):
    return FORMATS[name].content(found).decode()


def table(found, name) -> Any:
    return pd.read_csv(io.StringIO(text(found, name)))


def test_native_is_read_back(found):
    read = table(found, "native")
    for name, column in found.columns().items():
        np.testing.assert_allclose(read[name], column, atol=6e-5)
    assert read["frame"].tolist() == found.frame.tolist()


def test_openface_has_its_columns_in_its_order(found):
    header, first, *_ = text(found, "openface").split("\n")
    assert header == f"{OPENFACE},AU24_c,AU01_p,AU12_p,AU24_p"
    cells = first.split(",")
    assert cells[:5] == ["1", "0", "0.000", "0.90", "1"]
    assert cells[5:22] == [""] * 17 and cells[22] in "01" and cells[23] == ""
    read = table(found, "openface")
    decided = read["AU12_c"].to_numpy()
    np.testing.assert_array_equal(decided, found.decisions[:, 1])
    np.testing.assert_allclose(read["AU24_p"], found.probabilities[:, 2], atol=6e-5)
    without = read[read["success"] == 0]
    assert len(without) == 1 and without.filter(like="AU").isna().all(axis=None)


def test_pyfeat_counts_from_0_and_gives_probabilities(found):
    read = table(found, "pyfeat")
    assert read["frame"].tolist() == (found.frame - 1).tolist()
    assert [name for name in read.columns if "AU" in name] == ["AU01", "AU12", "AU24"]
    np.testing.assert_allclose(read["AU01"], found.probabilities[:, 0], atol=6e-5)
    assert read["FaceScore"].min() == 0 and read["FaceRectX"].isna().sum() == 1
    assert set(read["Identity"]) == {"Person_0", "Person_1"}
    late = prediction_of(frames_of(some_scores(), time=np.arange(8) + 3599.5))
    assert table(late, "pyfeat")["approx_time"].tolist()[:2] == ["59:59", "60:00"]


def test_events_have_a_row_each(found):
    read = table(found, "events")
    assert set(read["recording"]) == {"clip"} and set(read["au"]) <= {1, 12, 24}
    np.testing.assert_allclose(read["duration"], read["offset"] - read["onset"], atol=1.1e-3)
    assert (read["duration"] > 0).all() and read["onset"].is_monotonic_increasing
    quiet = prediction_of(frames_of(np.full((4, 1, 3), -1.0)))
    assert len(table(quiet, "events")) == 0


def test_parquet_is_the_native_table(found):
    content = FORMATS["parquet"].content(found)
    read = pyarrow.parquet.read_table(io.BytesIO(content)).to_pandas()
    for name, column in found.columns().items():
        np.testing.assert_array_equal(read[name].to_numpy(), column)


def test_a_video_without_any_face():
    found = prediction_of(frames_of(np.full((5, 1, 3), np.nan)))
    for name in ("native", "openface", "pyfeat"):
        read = table(found, name)
        assert len(read) == 5 and read.filter(regex=r"^AU").isna().all(axis=None)


def test_an_unknown_format_is_refused():
    with pytest.raises(InputError, match="--format has 'xls'; allowed are native, openface"):
        check_formats(["native", "xls"])


def test_pyfeat_reads_both(found, tmp_path):
    feat = pytest.importorskip("feat", reason="py-feat is not installed")
    from feat.utils.io import read_feat, read_openface  # pyright: ignore[reportMissingImports]

    assert feat.__version__
    for name in ("openface", "pyfeat"):
        (tmp_path / f"{name}.csv").write_bytes(FORMATS[name].content(found))
    opened = read_openface(str(tmp_path / "openface.csv"))
    np.testing.assert_array_equal(opened.aus["AU12_c"], found.decisions[:, 1])
    fex = read_feat(str(tmp_path / "pyfeat.csv"))
    np.testing.assert_allclose(fex.aus["AU01"], found.probabilities[:, 0], atol=6e-5)
