"""Numbers of each action unit, against scikit-learn."""

import csv

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, confusion_matrix, roc_auc_score

from au_jax.reporting.page import write_report
from au_jax.runs.scores import load_scores, pooled
from tests.made.long_runs import long_run

AUS = (1, 12, 24)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    run = long_run(tmp_path_factory.mktemp("run"), 600, subjects=6, tasks=1, folds=2, aus=AUS)
    write_report(*run)
    return run


def rows_of(made, name):
    with (made[0].report / f"{name}.csv").open() as file:
        return list(csv.DictReader(file))


def scores_of(made, method):
    return pooled([load_scores(made[0].method(fold, method).test_scores) for fold in (0, 1)])


def test_decisions_are_counted_as_by_scikit_learn(made):
    rows = rows_of(made, "decisions")
    assert len(rows) == 4 * len(AUS)  # the baseline and three methods, none of them calibrated
    for row in rows:
        scores = scores_of(made, row["method"])
        place = AUS.index(int(row["au"]))
        known = scores.labels[:, place] != 0
        present, values = scores.labels[known, place] > 0, scores.scores[known, place]
        counts = confusion_matrix(present, values > 0).ravel()  # tn, fp, fn, tp
        names = ("true_negative", "false_positive", "false_negative", "true_positive")
        assert [int(row[name]) for name in names] == counts.tolist()
        assert float(row["auc"]) == pytest.approx(roc_auc_score(present, values), abs=1e-6)
        average = average_precision_score(present, values)
        assert float(row["average_precision"]) == pytest.approx(average, abs=1e-6)


def test_thinned_curves_still_have_their_area(made):
    rows = rows_of(made, "decision_curves")
    for method in ("cnn", "hybrid"):
        for place, au in enumerate(AUS):
            of_curve = [r for r in rows if r["method"] == method and r["au"] == str(au)]
            assert len(of_curve) <= 200
            x, y = (
                np.array([float(r[n]) for r in of_curve]) for n in ("false_positive_rate", "recall")
            )
            scores = scores_of(made, method)
            known = scores.labels[:, place] != 0
            area = roc_auc_score(scores.labels[known, place] > 0, scores.scores[known, place])
            assert np.trapezoid(y, x) == pytest.approx(area, abs=0.01)


def test_the_page_has_each_action_unit(made):
    page = (made[0].report / "index.html").read_text()
    assert page.count('class="detail"') == len(AUS)
    assert page.count('<option value="detail-0-') == len(AUS)
    assert "Minutes of each method" in page
