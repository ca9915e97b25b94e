"""What holds for every strategy."""

import concurrent.futures
import pickle
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from au_jax.errors import InputError
from au_jax.sampling.strategies import STRATEGIES, plan_for
from tests.made.labels import classes_of, correlated_labels, label_matrices

# Degenerate labels: columns without a positive are expected.
pytestmark = pytest.mark.filterwarnings("ignore:never present:UserWarning")

every_strategy = pytest.mark.parametrize("strategy", STRATEGIES)


def drawable(strategy, labels, neutral):
    if strategy == "momu":
        return set().union(*classes_of(labels, neutral))
    return set(np.flatnonzero(labels.any(axis=1)).tolist())


@every_strategy
@given(data=st.data(), neutral=st.booleans(), seed=st.integers(0, 2**64))
def test_batches_are_full_of_distinct_labelled_frames(strategy, data, neutral, seed):
    labels = data.draw(label_matrices())
    frames = drawable(strategy, labels, neutral)
    batch_size = data.draw(st.integers(1, len(frames)))
    plan = plan_for(strategy, labels, batch_size, seed, neutral=neutral)
    for step in range(12):
        batch = plan[step]
        assert batch.dtype == np.int64
        assert batch.shape == (batch_size,)
        assert set(batch.tolist()) <= frames
        if strategy != "momu":  # which must repeat where a class is small, see its own test
            assert len(set(batch.tolist())) == batch_size


@every_strategy
def test_any_step_in_any_order_and_after_pickling_is_the_same(strategy):
    plan = plan_for(strategy, correlated_labels(60), 8, seed=3)
    forward = [plan[step].copy() for step in range(40)]
    copied = pickle.loads(pickle.dumps(plan))
    for step in np.random.default_rng(0).permutation(40):
        np.testing.assert_array_equal(copied[step], forward[step])
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(copied))[25], forward[25])


@every_strategy
def test_threads_that_read_ahead_get_the_same_steps(strategy):
    labels = correlated_labels(60)
    alone = plan_for(strategy, labels, 8, seed=3)
    plan = plan_for(strategy, labels, 8, seed=3)
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        together = list(threads.map(plan.__getitem__, range(60)))
    for step, batch in enumerate(together):
        np.testing.assert_array_equal(batch, alone[step])


@every_strategy
def test_epochs_and_seeds_differ(strategy):
    labels = correlated_labels(64)
    plan = plan_for(strategy, labels, 32, seed=0)
    assert not np.array_equal(plan[0], plan[2])
    assert not np.array_equal(plan[0], plan_for(strategy, labels, 32, seed=1)[0])


@every_strategy
@pytest.mark.parametrize("neutral", [False, True])
@pytest.mark.parametrize(
    "rows",
    [
        [[1]],
        [[1, 1, 1]] * 7,
        [[1, -1]] + [[-1, -1]] * 6,
        [[1, 0], [0, 0], [0, 0]],
        [[0, 0, 1]] * 3 + [[-1, -1, -1]] * 3,
        [[1, -1], [-1, 1]] * 5,
    ],
    ids=["one frame", "all present", "one positive", "missing", "one AU", "duplicates"],
)
def test_degenerate_labels_end(strategy, neutral, rows):
    labels = np.array(rows, np.int8)
    size = len(drawable(strategy, labels, neutral))
    plan = plan_for(strategy, labels, size, seed=0, neutral=neutral)
    for step in (0, 1, 5):
        assert len(plan[step]) == size


@every_strategy
def test_more_than_sixteen_aus(strategy):
    labels = correlated_labels(300, aus=40)
    assert len(set(plan_for(strategy, labels, 30, seed=0)[4].tolist())) == 30


@every_strategy
@pytest.mark.parametrize("seed", [-1, 1.0, True, "0", None])
def test_bad_seeds_are_refused(strategy, seed):
    with pytest.raises(InputError, match="seed"):
        plan_for(strategy, correlated_labels(30), 8, seed)


@every_strategy
@pytest.mark.parametrize("batch_size", [0, -3, 31, 2.0, True])
def test_bad_batch_sizes_are_refused(strategy, batch_size):
    with pytest.raises(InputError, match=r"batch size is .* 30 .* from 1 to"):
        plan_for(strategy, np.ones((30, 2), np.int8), batch_size, 0)


@every_strategy
@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.ones(5, np.int8), "int8 of shape"),
        (np.ones((5, 2)), "float64"),
        (np.ones((0, 2), np.int8), "at least one frame"),
        (np.ones((5, 0), np.int8), "one AU"),
        (np.full((5, 2), 2, np.int8), "range from 2 to 2"),
        (np.full((5, 2), -9, np.int8), "range from -9"),
        (np.zeros((5, 2), np.int8), "5 training frames"),
    ],
)
def test_bad_labels_are_refused(strategy, labels, message):
    with pytest.raises(InputError, match=message):
        plan_for(strategy, labels, 2, 0)


@every_strategy
def test_steps_are_counted_from_zero(strategy):
    if strategy != "random":
        with pytest.raises(IndexError, match="counted from 0"):
            plan_for(strategy, correlated_labels(30), 8, 0)[-1]


BALANCING = [strategy for strategy in STRATEGIES if strategy != "random"]


@pytest.mark.parametrize("strategy", BALANCING)
def test_labels_without_a_positive_are_refused(strategy):
    with pytest.raises(InputError, match="no AU is present in any of the 5"):
        plan_for(strategy, np.full((5, 2), -1, np.int8), 2, 0)


@pytest.mark.parametrize("strategy", BALANCING)
def test_aus_without_a_positive_are_named_once(strategy):
    labels = correlated_labels(30, aus=4)
    labels[:, [1, 3]] = -1
    with pytest.warns(UserWarning, match="not sampled for: AU2, AU6$") as caught:
        plan = plan_for(strategy, labels, 8, 0, aus=(1, 2, 4, 6))
    assert len(caught) == 1
    with pytest.warns(UserWarning, match="AU of column 1, the AU of column 3$"):
        plan_for(strategy, labels, 8, 0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pickle.loads(pickle.dumps(plan))[20]


def test_unknown_strategies_are_refused():
    with pytest.raises(InputError, match="'mumo'; choose one of random, stratified"):
        plan_for("mumo", correlated_labels(30), 8, 0)
