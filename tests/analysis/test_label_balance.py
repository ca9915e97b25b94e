import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from au_jax.analysis import label_balance
from au_jax.analysis.label_balance import label_statistics, measure_label_balance
from au_jax.errors import InputError
from au_jax.sampling.balance import measure_balance
from au_jax.sampling.strategies import STRATEGIES, plan_for

MATRICES = arrays.arrays(
    np.int8,
    st.tuples(st.integers(1, 30), st.integers(1, 5)),
    elements=st.sampled_from((-1, 0, 1)),
)


def some_labels(frames=400, seed=0):
    """Three labels of which the second is rare, and one that never occurs; some are missing."""
    rng = np.random.default_rng(seed)
    labels = np.where(rng.random((frames, 4)) < [0.5, 0.1, 0.3, 0.0], 1, -1).astype(np.int8)
    labels[rng.random(frames) < 0.1] = 0
    labels[rng.random(labels.shape) < 0.05] = 0
    return labels


def names_of(labels):
    return [f"label {column}" for column in range(labels.shape[1])]


@given(labels=MATRICES)
def test_statistics_are_those_of_naive_counts(labels):
    found = label_statistics(labels, names_of(labels))
    rows = labels.tolist()
    width = labels.shape[1]
    labelled = [row for row in rows if any(row)]
    present = [sum(row[i] == 1 for row in rows) for i in range(width)]
    missing = [sum(row[i] == 0 for row in rows) for i in range(width)]
    assert found.present.tolist() == present and found.missing.tolist() == missing
    assert found.known.tolist() == [len(rows) - count for count in missing]
    assert (found.frames, found.labelled_frames) == (len(rows), len(labelled))
    for i in range(width):
        known = len(rows) - missing[i]
        assert found.base_rates[i] == pytest.approx(
            present[i] / known if known else np.nan, nan_ok=True
        )
        for j in range(width):
            assert found.co_occurrence[i, j] == sum(row[i] == row[j] == 1 for row in rows)
    if labelled:
        assert found.mean_active == pytest.approx(sum(present) / len(labelled))
        none = sum(1 not in row for row in labelled)
        assert found.none_present_share == pytest.approx(none / len(labelled))
    else:
        assert np.isnan(found.mean_active) and np.isnan(found.none_present_share)
    some = [count for count in present if count]
    if some:
        assert found.imbalance == pytest.approx(max(some) / min(some))
        assert found.rarest == present.index(min(some))
    else:
        assert np.isnan(found.imbalance) and found.rarest is None
    assert found.never_present == tuple(f"label {i}" for i in range(width) if not present[i])


def test_blocks_of_rows_are_added_up(monkeypatch):
    labels = some_labels(100)
    whole = label_statistics(labels, names_of(labels))
    monkeypatch.setattr(label_balance, "_ROWS_AT_A_TIME", 7)
    parts = label_statistics(labels, names_of(labels))
    for field in ("known", "present", "co_occurrence"):
        np.testing.assert_array_equal(getattr(parts, field), getattr(whole, field))
    assert parts.labelled_frames == whole.labelled_frames
    assert parts.none_present_share == whole.none_present_share


def test_each_strategy_is_measured_over_the_same_number_of_batches_of_its_plan():
    labels = some_labels()
    labelled = int(labels.any(axis=1).sum())
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # `never_present` tells of the label without a positive
        found = measure_label_balance(
            labels, names_of(labels), batch_size=20, seed=3, draw_size=2, neutral=True
        )
    assert found.steps == found.epoch == labelled // 20
    assert list(found.balances) == list(STRATEGIES)
    for strategy, balance in found.balances.items():
        with (
            pytest.warns(match="never present")
            if strategy != "random"
            else warnings.catch_warnings()
        ):
            plan = plan_for(strategy, labels, 20, 3, draw_size=2, neutral=True)
        expected = measure_balance(labels, [plan[step] for step in range(found.steps)])
        np.testing.assert_array_equal(balance.counts, expected.counts)
        assert balance.coverage == expected.coverage


def test_steps_can_be_chosen_and_are_capped(monkeypatch):
    labels = some_labels()
    chosen = measure_label_balance(
        labels, names_of(labels), batch_size=5, seed=0, strategies=["random", "momu"], steps=3
    )
    assert list(chosen.balances) == ["random", "momu"]
    assert all(balance.counts.shape == (3, 4) for balance in chosen.balances.values())
    monkeypatch.setattr(label_balance, "MOST_STEPS", 7)
    capped = measure_label_balance(
        labels, names_of(labels), batch_size=5, seed=0, strategies=["random"]
    )
    assert capped.steps == 7 < capped.epoch


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"batch_size": 401}, "the batch size is 401, but there are .* with a known label"),
        ({"batch_size": 0}, "the batch size is 0"),
        ({"seed": -1}, "the seed is -1"),
        ({"steps": 0}, "0 batches are to be measured"),
        ({"strategies": ["best"]}, "'best'; choose one of random, "),
    ],
)
def test_values_that_cannot_be_used_are_refused(change, message):
    labels = some_labels()
    settings = {"batch_size": 20, "seed": 0, **change}
    with pytest.raises(InputError, match=message):
        measure_label_balance(labels, names_of(labels), **settings)


def test_labels_that_cannot_be_used_are_refused():
    with pytest.raises(InputError, match="no label is present in any of 5 frames"):
        measure_label_balance(-np.ones((5, 2), np.int8), ["a", "b"], batch_size=1, seed=0)
    with pytest.raises(InputError, match="2 labels have 1 names"):
        label_statistics(np.ones((5, 2), np.int8), ["a"])
    with pytest.raises(InputError, match="range from 1 to 2"):
        label_statistics(np.array([[1, 2]], np.int8), ["a", "b"])
