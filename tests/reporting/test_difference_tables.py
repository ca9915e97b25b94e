import csv
import dataclasses
import io
import itertools

from au_jax.reporting.difference_tables import difference_csv, difference_list, difference_matrix
from tests.made.results import made_results

METHODS = ("always_present", "svm", "cnn", "hybrid")


def points(cell):
    return float(cell.rstrip("*").replace("−", "-"))


def test_matrix_is_row_minus_column():
    results = made_results(methods=METHODS, seed=3)
    table = difference_matrix(results)
    assert table.header == ("", "always present", "SVM", "CNN", "hybrid")
    assert [row[0] for row in table.rows] == list(table.header[1:])
    means = [results.methods[method]["f1_frame"].mean for method in METHODS]
    for i, j in itertools.product(range(4), repeat=2):
        cell = table.rows[i][1 + j]
        if i == j:
            assert cell == ""
            continue
        assert abs(points(cell) - 100 * (means[i] - means[j])) < 0.051
        (pair,) = [
            one
            for one in results.differences
            if {one.first, one.second} == {METHODS[i], METHODS[j]}
        ]
        assert (1 + j in table.best[i]) == (pair.low > 0 or pair.high < 0)
        assert cell.endswith("*") == (pair.p_holm < 0.05)


def test_too_few_subjects_for_a_star_are_told():
    results = made_results(methods=METHODS)
    assert len(difference_matrix(results).notes) == 1
    # 6 pairs: the smallest p of 7 subjects is 1/64, that of 8 subjects 1/128.
    for subjects, told in ((7, True), (8, False)):
        notes = difference_matrix(dataclasses.replace(results, subjects=subjects)).notes
        assert (len(notes) == 2) == told
        assert f"{subjects} subjects" in notes[-1]


def test_list_and_csv_have_a_row_for_each_pair():
    results = made_results(methods=METHODS)
    rows = list(csv.DictReader(io.StringIO(difference_csv(results))))
    table = difference_list(results)
    assert len(rows) == len(table.rows) == 6
    for pair, row, cells in zip(results.differences, rows, table.rows, strict=True):
        assert (row["first"], row["second"]) == (pair.first, pair.second)
        for name in ("difference", "low", "high", "p_value", "p_holm"):
            assert abs(float(row[name]) - getattr(pair, name)) < 1e-5
        assert (row["better"], row["worse"]) == (cells[4], cells[5]) == ("12", "7")
        assert abs(points(cells[2]) - 100 * pair.difference) < 0.051
        low, high = map(points, cells[3].split(" to "))
        assert abs(low - 100 * pair.low) < 0.051 and abs(high - 100 * pair.high) < 0.051
