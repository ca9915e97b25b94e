from etils import epath

from au_jax.reporting.timing import method_seconds, timing_line, timing_table
from au_jax.runs.layout import RunFolder
from au_jax.system import atomic_files


def test_seconds_are_summed_over_the_folds_that_are_done(tmp_path):
    run = RunFolder(epath.Path(tmp_path))
    for fold, method, seconds in ((0, "cnn", 60.0), (2, "cnn", 30.0), (0, "svm", 30.0)):
        atomic_files.write_json(run.method(fold, method).timing, {"seconds": seconds})
    found = method_seconds(run, ["svm", "cnn", "lstm"])
    assert found == {"svm": 30.0, "cnn": 90.0}
    line = timing_line(found)
    assert line == "Minutes of each method, all folds: SVM 0.5 (25 %), CNN 1.5 (75 %)."


def test_nothing_known_is_nothing_said():
    assert timing_line({}) == ""
    assert "0 %" in timing_line({"always_present": 0.0})


def test_minutes_stand_by_method_and_fold_with_sums(tmp_path):
    run = RunFolder(epath.Path(tmp_path))
    for fold, method, seconds in ((0, "cnn", 60.0), (2, "cnn", 30.0), (0, "svm", 30.0)):
        atomic_files.write_json(run.method(fold, method).timing, {"seconds": seconds})
    table = timing_table(run, ["svm", "cnn", "lstm"], ["a", "b", "c"])
    assert table is not None
    assert table.header == ("method", "a", "b", "c", "all folds", "share")
    assert table.rows == (
        ("SVM", "0.5", "–", "–", "0.5", "25 %"),
        ("CNN", "1.0", "–", "0.5", "1.5", "75 %"),
        ("all", "1.5", "0.0", "0.5", "2.0", "100 %"),
    )
    assert timing_table(run, ["lstm"], ["a", "b", "c"]) is None
