import dataclasses

import numpy as np
import pytest

from au_jax.reporting.tables import as_markdown, as_text, metric_table
from tests.made.results import TABLE, made_results


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
