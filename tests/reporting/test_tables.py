import dataclasses

import numpy as np
import pytest
from made_results import made_results  # pyright: ignore[reportMissingImports]

from au_jax.reporting.tables import Table, as_markdown, as_text, metric_table

TABLE = Table(
    title="F1 of 50 % & more_of #1",
    header=("unit", "what", "number"),
    rows=(("AU1", "a\\b ~ ^{c}", "−1.0 ± 2.0"), ("AU2", "< 0.1 –", "3*"), ("mean", "$", "4")),
    best=(frozenset({2}), frozenset(), frozenset({1, 2})),
    notes=("100 % sure_ly.",),
    words=frozenset({0, 1}),
)


def test_columns_of_words_are_set_from_the_left():
    assert "|:--|:--|--:|" in as_markdown(TABLE)
    lines = as_text(TABLE).splitlines()
    assert lines[5].startswith("AU2   < 0.1 –  ") and lines[5].endswith(" 3*")


@pytest.mark.parametrize("metric", ["f1_frame", "auc"])
def test_interval_is_that_of_f1_frame_and_left_out_for_a_single_subject(metric):
    results = made_results()
    names = [row[0] for row in metric_table(results, metric).rows]
    assert ("95 % interval over 20 subjects" in names) == (metric == "f1_frame")
    nothing = dict.fromkeys(results.methods, (np.nan, np.nan))
    alone = dataclasses.replace(results, intervals=nothing, subjects=1)
    assert not any("interval" in row[0] for row in metric_table(alone, metric).rows)
