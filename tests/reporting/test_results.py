import csv
import io
import json

import numpy as np
import pytest
from etils import epath
from sklearn.metrics import f1_score

from au_jax import metrics
from au_jax.errors import InputError
from au_jax.protocol.scenarios import TestedPart
from au_jax.reporting import tables
from au_jax.reporting.results import METRICS, collect_parts, to_json, write_results
from au_jax.runs.layout import RunFolder
from au_jax.settings import Experiment
from au_jax.system import atomic_files

AUS = (1, 12, 24)


def write_fold(directory, fold, method, seed, frames=60, threshold=np.nan):
    """Write scores; without a threshold as a method leaves them that cannot be calibrated."""
    rng = np.random.default_rng((seed, fold))
    labels = rng.choice(np.array([-1, 0, 1], np.int8), (frames, 3), p=[0.5, 0.1, 0.4])
    labels[:, 2] = np.where(labels[:, 2] > 0, -1, labels[:, 2])  # AU24 never occurs
    noise = np.random.default_rng((seed, fold, len(method))).normal(size=labels.shape)
    scores = np.ones(labels.shape) if method == "always_present" else labels + noise
    arrays = {
        "scores": scores.astype(np.float32),
        "tuned": (scores - threshold).astype(np.float32),
        "probabilities": np.full(scores.shape, np.nan if np.isnan(threshold) else 0.5, np.float32),
        "labels": labels,
        "frames": np.arange(frames) + fold * frames,
        "recordings": np.repeat([f"f{fold}{name}" for name in "abcd"], frames // 4),
        "subjects": np.repeat([f"f{fold}a", f"f{fold}b"], frames // 2),
        "aus": np.array(AUS),
    }
    atomic_files.write_arrays(RunFolder(directory).method(fold, method).test_scores, arrays)
    return labels, scores.astype(np.float32), arrays["recordings"]


def collect_from(directory, folds, methods=("always_present", "cnn")):
    part = TestedPart("d", "d", tuple(range(folds)), 0, 10_000)
    (results,) = collect_parts(
        RunFolder(directory), experiment=Experiment(name="e"), parts=[part], methods=methods
    )
    return results


def test_values_are_pooled_over_folds_and_given_per_fold(tmp_path):
    directory = epath.Path(tmp_path)
    parts = [write_fold(directory, fold, "cnn", 0) for fold in range(3)]
    for fold in range(3):
        write_fold(directory, fold, "always_present", 0)
    results = collect_from(directory, 3)
    labels, scores, recordings = (np.concatenate(part) for part in zip(*parts, strict=True))
    value = results.methods["cnn"]["f1_frame"]
    np.testing.assert_array_equal(value.per_au, metrics.f1_frame(labels, scores))
    event = results.methods["cnn"]["f1_event"]
    np.testing.assert_array_equal(event.per_au, metrics.f1_event(labels, scores, recordings))
    by_fold = [metrics.mean_over_aus(metrics.auc(part[0], part[1])) for part in parts]
    np.testing.assert_array_equal(results.methods["cnn"]["auc"].folds, by_fold)
    assert results.folds_done == 3
    np.testing.assert_allclose(results.base_rate[2], 0.0)


def test_a_fold_that_a_method_lacks_counts_for_no_method(tmp_path):
    directory = epath.Path(tmp_path)
    for fold in range(2):
        write_fold(directory, fold, "always_present", 0)
    write_fold(directory, 1, "cnn", 0)
    results = collect_from(directory, 3)
    assert results.folds_done == 1
    assert len(results.methods["always_present"]["f1_frame"].folds) == 1


def test_a_method_without_any_scores_is_left_out(tmp_path):
    directory = epath.Path(tmp_path)
    write_fold(directory, 0, "always_present", 0)
    assert list(collect_from(directory, 2).methods) == ["always_present"]


def test_no_scores_at_all(tmp_path):
    with pytest.raises(InputError, match="no fold"):
        collect_from(epath.Path(tmp_path), 2)


def test_json_has_the_agreed_shape_and_null_where_undefined(tmp_path):
    directory = epath.Path(tmp_path)
    for method in ("always_present", "cnn"):
        write_fold(directory, 0, method, 0)
    results = collect_from(directory, 1)
    write_results(RunFolder(directory), [results])
    written = json.loads((tmp_path / "results.json").read_text())
    assert written == json.loads(json.dumps(to_json(results)))
    assert written["aus"] == [1, 12, 24]
    assert set(written["methods"]) == {"always_present", "cnn"}
    for by_metric in written["methods"].values():
        assert set(by_metric) == set(METRICS)
        for name, value in by_metric.items():
            assert set(value) == {"per_au", "mean", "folds"}
            assert set(value["per_au"]) == {"1", "12", "24"}
            not_calibrated = name in ("f1_frame_tuned", "calibration_error")
            assert value["mean"] is None if not_calibrated else 0 <= value["mean"] <= 1
    assert written["methods"]["cnn"]["auc"]["per_au"]["24"] is None


def test_intervals_and_differences_are_those_of_the_pooled_frames_of_each_subject(tmp_path):
    directory = epath.Path(tmp_path)
    methods = ("always_present", "cnn", "lstm")
    counts = {}
    for method in methods:
        parts = [write_fold(directory, fold, method, 0) for fold in range(2)]
        labels, scores, _ = (np.concatenate(part) for part in zip(*parts, strict=True))
        subjects = np.repeat(["f0a", "f0b", "f1a", "f1b"], 30)
        counts[method] = metrics.subject_counts(labels, scores, subjects)
    results = collect_from(directory, 2, methods)
    assert results.subjects == 4
    for method, interval in results.intervals.items():
        assert interval == metrics.bootstrap_interval(counts[method])
        assert interval[0] < results.methods[method]["f1_frame"].mean < interval[1]
    assert list(results.differences) == metrics.paired_differences(counts)
    means = {method: results.methods[method]["f1_frame"].mean for method in methods}
    written = json.loads(json.dumps(to_json(results)))
    assert written["subjects"] == 4
    assert written["intervals"]["lstm"] == list(results.intervals["lstm"])
    for pair in written["differences"]:
        gain = means[pair["first"]] - means[pair["second"]]
        assert pair["difference"] == pytest.approx(gain)
        assert pair["interval"][0] <= gain <= pair["interval"][1]
        assert 0 < pair["p_value"] <= pair["p_holm"] <= 1


def make_results(tmp_path):
    directory = epath.Path(tmp_path)
    for fold in range(2):
        for method in ("always_present", "cnn"):
            write_fold(directory, fold, method, 0)
    return collect_from(directory, 2)


def test_table_rows_in_all_formats(tmp_path):
    results = make_results(tmp_path)
    table = tables.metric_table(results, "f1_frame")
    cnn = results.methods["cnn"]["f1_frame"]
    assert table.header == ("action unit", "base rate", "always present", "CNN")
    assert table.rows[1][0] == "AU12 lip corner puller"
    assert table.rows[1][3] == f"{100 * cnn.per_au[1]:.1f}"
    assert table.rows[3][0] == "mean"
    spread = f"{100 * cnn.folds.mean():.1f} ± {100 * cnn.folds.std(ddof=1):.1f}"
    assert table.rows[4] == ("mean ± sd over folds", "", table.rows[4][2], spread)
    text, markdown = tables.as_text(table), tables.as_markdown(table)
    intervals = [results.intervals[method] for method in ("always_present", "cnn")]
    cells = (f"{100 * low:.1f}–{100 * high:.1f}" for low, high in intervals)
    assert table.rows[5] == ("95 % interval over 4 subjects", "", *cells)
    assert len(table.rows) == 6 and len(tables.metric_table(results, "auc").rows) == 5
    assert len({len(line) for line in text.splitlines()[2:]}) == 1
    assert f"| {table.rows[1][3]} |" in markdown


def test_best_of_several_methods_is_bold_also_when_it_is_the_baseline(tmp_path):
    directory = epath.Path(tmp_path)
    methods = ("always_present", "cnn", "lstm")
    for method in methods:
        write_fold(directory, 0, method, 0)
    table = tables.metric_table(collect_from(directory, 1, methods), "f1_frame")
    markdown = tables.as_markdown(table)
    for row in table.rows[:-1]:  # the last holds intervals
        numbers = [float(cell) for cell in row[2:]]
        for cell, number in zip(row[2:], numbers, strict=True):
            assert (f"**{cell}**" in markdown) == (number == max(numbers))


def test_undefined_values_are_a_dash_and_an_empty_cell(tmp_path):
    results = make_results(tmp_path)
    assert tables.metric_table(results, "auc").rows[2][2:] == ("–", "–")
    rows = list(csv.DictReader(io.StringIO(tables.as_csv(results, "auc"))))
    assert [row["au"] for row in rows] == ["1", "12", "24", "mean"]
    assert rows[2]["cnn"] == ""
    assert float(rows[0]["cnn"]) == pytest.approx(results.methods["cnn"]["auc"].per_au[0], abs=1e-6)


def test_tuned_thresholds_have_a_line_where_all_folds_have_them(tmp_path):
    directory = epath.Path(tmp_path)
    expected = []
    for fold in range(2):
        write_fold(directory, fold, "always_present", 0)
        labels, scores, _ = write_fold(directory, fold, "cnn", 0, threshold=0.5)
        expected.append((labels, scores - 0.5))
        write_fold(directory, fold, "lstm", 0, threshold=0.5 if fold else np.nan)
    results = collect_from(directory, 2, ("always_present", "cnn", "lstm"))
    labels, scores = (np.concatenate(parts) for parts in zip(*expected, strict=True))
    of_au = [
        f1_score(labels[:, au] > 0, scores[:, au] > 0, sample_weight=labels[:, au] != 0)
        for au in range(3)
    ]
    found = results.methods["cnn"]["f1_frame_tuned"]
    np.testing.assert_allclose(found.per_au, of_au)
    row = {line[0]: line[1:] for line in tables.metric_table(results, "f1_frame").rows}
    assert row["mean, tuned thresholds"] == ("", "–", f"{100 * np.mean(of_au):.1f}", "–")
    assert "mean, tuned thresholds" not in {
        line[0] for line in tables.metric_table(results, "auc").rows
    }
    error = results.methods["cnn"]["calibration_error"].per_au
    known, present = (labels != 0).sum(0), (labels > 0).sum(0)
    np.testing.assert_allclose(error, np.abs(0.5 - present / known))
