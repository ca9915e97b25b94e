"""Stratified plans against a slow transcription of Algorithm 1 that judges every stratum."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from au_jax.sampling.balance import measure_balance
from au_jax.sampling.random import RandomPlan
from au_jax.sampling.stratification import deal_frames, level_counts
from au_jax.sampling.stratified import StratifiedPlan
from tests.made.labels import classes_of, correlated_labels, label_matrices

pytestmark = pytest.mark.filterwarnings("ignore:never present:UserWarning")


def strata(classes, data):
    """Algorithm 1 without the dealing: (members of the class, stratum), repaired so as to end."""
    data = set(data)
    while data:
        sizes = [len(members & data) for members in classes]
        rarest = min((size for size in sizes if size), default=None)
        members = data if rarest is None else classes[sizes.index(rarest)]
        yield members, members & data
        data = data - members


def judge_even_dealing(classes, batches):
    sizes = np.zeros(len(batches), int)
    for _, stratum in strata(classes, np.concatenate(batches).tolist()):
        sizes += [len(stratum & set(batch)) for batch in batches]
        # Dealt in turn, and the next stratum goes on where the last one ended.
        assert sizes.max() - sizes.min() <= 1
        judge_order(batches, sizes, stratum)


def judge_order(batches, sizes, stratum):
    for batch, size in zip(batches, sizes, strict=True):
        assert not stratum & set(batch[size:])


def judge_corrected_dealing(classes, batches):
    sizes = np.zeros(len(batches), int)
    for members, stratum in strata(classes, np.concatenate(batches).tolist()):
        given = np.array([len(stratum & set(batch)) for batch in batches])
        sizes += given
        judge_order(batches, sizes, stratum)
        counts = np.array([len(members & set(batch)) for batch in batches])
        open_batches = sizes < [len(batch) for batch in batches]
        if open_batches.any() and given.any():
            # The last frame a batch got went to a batch that lacked the class most.
            assert counts[given > 0].max() <= counts[open_batches].min() + 1


@given(
    labels=label_matrices(),
    neutral=st.booleans(),
    correct_overlap=st.booleans(),
    seed=st.integers(0, 9),
    data=st.data(),
)
def test_every_stratum_is_dealt_as_the_algorithm_says(labels, neutral, correct_overlap, seed, data):
    labelled = np.flatnonzero(labels.any(axis=1))
    batch_size = data.draw(st.integers(1, len(labelled)))
    plan = StratifiedPlan(
        labels, batch_size, seed, correct_overlap=correct_overlap, neutral=neutral
    )
    judge = judge_corrected_dealing if correct_overlap else judge_even_dealing
    count = plan.batches_per_epoch
    for epoch in range(2):
        batches = [plan[epoch * count + position].tolist() for position in range(count)]
        drawn = np.concatenate(batches)
        assert len(set(drawn.tolist())) == count * batch_size
        assert set(drawn.tolist()) <= set(labelled.tolist())
        assert len(labelled) - len(drawn) < batch_size
        judge(classes_of(labels, neutral), batches)


@given(labels=label_matrices(), correct_overlap=st.booleans(), data=st.data())
def test_sizes_of_batches_differ_by_one_at_most(labels, correct_overlap, data):
    present = np.unique(labels > 0, axis=0)
    of_frame = [np.flatnonzero((present == row).all(axis=1))[0] for row in labels > 0]
    count = data.draw(st.integers(1, len(labels)))
    frames, batch = deal_frames(
        np.arange(len(labels)),
        np.array(of_frame),
        present,
        count,
        np.random.default_rng(0),
        correct_overlap=correct_overlap,
    )
    assert sorted(frames) == list(range(len(labels)))
    sizes = np.bincount(batch, minlength=count)
    assert sizes.max() - sizes.min() <= 1


@given(
    batches=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4)), min_size=1, max_size=8),
    data=st.data(),
)
def test_levelling_is_giving_one_frame_after_the_other(batches, data):
    counts, room = np.array(batches).T
    frames = data.draw(st.integers(0, int(room.sum())))
    given_at_once = level_counts(counts, room, frames, np.random.default_rng(0))
    slow = [list(pair) for pair in batches]
    for _ in range(frames):
        place = min(
            (number for number, (_, left) in enumerate(slow) if left),
            key=lambda number: (slow[number][0], -slow[number][1]),
        )
        slow[place][0] += 1
        slow[place][1] -= 1
    # Batches that have become equal are interchangeable.
    assert (given_at_once >= 0).all()
    fast = np.stack([counts + given_at_once, room - given_at_once], axis=1).tolist()
    assert sorted(fast) == sorted(slow)


def test_frames_left_out_are_any_frames():
    labels = np.array([[1]] * 2 + [[-1]] * 3, np.int8)
    plan = StratifiedPlan(labels, 4, seed=0)
    left_out = [next(iter({*range(5)} - set(plan[epoch].tolist()))) for epoch in range(1000)]
    # 200 expected of each; 5 standard deviations are 63.
    assert np.abs(np.bincount(left_out, minlength=5) - 200).max() < 63


def test_a_rare_au_is_not_always_at_the_beginning_of_an_epoch():
    labels = np.full((200, 2), -1, np.int8)
    labels[0, 0] = labels[:50, 1] = 1
    plan = StratifiedPlan(labels, 10, seed=0)
    place = [next(p for p in range(20) if 0 in plan[20 * epoch + p]) for epoch in range(30)]
    assert len(set(place)) > 10


@pytest.mark.parametrize(("correct_overlap", "bound"), [(False, 0.8), (True, 0.2)])
def test_batches_are_more_alike_than_by_chance(correct_overlap, bound):
    labels = correlated_labels(8000)
    random = RandomPlan(labels, 196, 0)
    plan = StratifiedPlan(labels, 196, 0, correct_overlap=correct_overlap)
    by_chance = measure_balance(labels, (random[step] for step in range(40)))
    stratified = measure_balance(labels, (plan[step] for step in range(40)))
    assert stratified.mean_variation <= bound * by_chance.mean_variation
    assert stratified.coverage == by_chance.coverage
