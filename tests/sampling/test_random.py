import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from au_jax.errors import InputError
from au_jax.sampling.random import RandomPlan, SequentialPlan


def make_labels(frames, missing=()):
    labels = np.full((frames, 3), -1, np.int8)
    labels[list(missing)] = 0
    return labels


@given(
    frames=st.integers(1, 60),
    batch=st.integers(1, 60),
    seed=st.integers(0, 2**32),
    data=st.data(),
)
def test_an_epoch_draws_labelled_frames_without_repeats(frames, batch, seed, data):
    missing = data.draw(st.sets(st.integers(0, frames - 1), max_size=frames - 1))
    labelled = set(range(frames)) - missing
    if batch > len(labelled):
        with pytest.raises(InputError, match=str(batch)):
            RandomPlan(make_labels(frames, missing), batch, seed)
        return
    plan = RandomPlan(make_labels(frames, missing), batch, seed)
    drawn = np.concatenate([plan[step] for step in range(plan.batches_per_epoch)])
    assert len(drawn) == plan.batches_per_epoch * batch
    assert len(set(drawn.tolist())) == len(drawn)
    assert set(drawn.tolist()) <= labelled
    assert len(labelled) - len(drawn) < batch


def test_any_step_in_any_order_and_process_is_the_same():
    plan = RandomPlan(make_labels(50), 8, seed=3)
    forward = [plan[step] for step in range(20)]
    copied = pickle.loads(pickle.dumps(plan))
    for step in reversed(range(20)):
        np.testing.assert_array_equal(copied[step], forward[step])


def test_epochs_and_seeds_differ():
    plan = RandomPlan(make_labels(64), 64, seed=0)
    assert not np.array_equal(plan[0], plan[1])
    assert not np.array_equal(plan[0], RandomPlan(make_labels(64), 64, seed=1)[0])


def test_every_position_is_equally_likely():
    # Frame 0 comes first in about one of ten epochs; 3 sigma of 2000 draws is 0.02.
    plan = RandomPlan(make_labels(10), 10, seed=0)
    first = np.mean([plan[epoch][0] == 0 for epoch in range(2000)])
    assert first == pytest.approx(0.1, abs=0.02)


def test_data_without_any_label_is_refused():
    with pytest.raises(InputError, match="none of the 4"):
        RandomPlan(make_labels(4, range(4)), 2, seed=0)


@given(count=st.integers(0, 50), batch=st.integers(1, 20))
def test_sequential_plan_covers_all_in_order(count, batch):
    plan = SequentialPlan(np.arange(count) * 3, batch)
    parts = [plan[step] for step in range(len(plan))]
    assert all(len(part) for part in parts)
    np.testing.assert_array_equal(np.concatenate([[], *parts]), np.arange(count) * 3)
