"""MOMU against a slow transcription of Algorithm 2 that judges every draw."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from au_jax.errors import InputError
from au_jax.sampling.balance import measure_balance
from au_jax.sampling.momu import MomuPlan
from au_jax.sampling.random import RandomPlan
from tests.made.labels import classes_of, correlated_labels, label_matrices

pytestmark = pytest.mark.filterwarnings("ignore:never present:UserWarning")


@dataclasses.dataclass
class Referee:
    """Algorithm 2, repaired, with sets; the frames that were drawn are given."""

    classes: list[set[int]]
    draw_size: int
    restore: str
    ties: str

    def __post_init__(self):
        self.data = set().union(*self.classes)
        self.restored = 0

    def rarest_in_data(self):
        sizes = [len(self.data & members) for members in self.classes]
        return sizes.index(min(sizes))

    def rarest_in_batch(self, batch):
        counts = [sum(frame in members for frame in batch) for members in self.classes]
        tied = [number for number, count in enumerate(counts) if count == min(counts)]
        if self.ties == "first":
            return tied[0]
        return min(tied, key=lambda number: len(self.data & self.classes[number]))

    def judge(self, batch):
        """Replay one batch."""
        filled = 0
        chosen = self.rarest_in_data()
        while filled < len(batch):
            members = self.classes[chosen]
            if len(self.data & members) < self.draw_size:
                kept_back = set(batch[:filled]) if self.restore == "earlier_batches" else set()
                self.restored += len(members - kept_back - self.data)
                self.data |= members - kept_back
            available = self.data & members
            if not available:
                assert members <= set(batch[:filled])  # the class has no other frame
                available = members
            count = min(self.draw_size, len(batch) - filled, len(available))
            drawn = batch[filled : filled + count]
            assert len(set(drawn)) == count
            assert set(drawn) <= available
            self.data -= set(drawn)
            filled += count
            chosen = self.rarest_in_batch(batch[:filled])


@given(
    labels=label_matrices(),
    draw_size=st.integers(1, 12),
    restore=st.sampled_from(["earlier_batches", "all_batches"]),
    ties=st.sampled_from(["rarest", "first"]),
    neutral=st.booleans(),
    data=st.data(),
)
def test_every_draw_is_one_that_the_algorithm_allows(
    labels, draw_size, restore, ties, neutral, data
):
    classes = classes_of(labels, neutral)
    batch_size = data.draw(st.integers(1, len(set().union(*classes))))
    plan = MomuPlan(
        labels, batch_size, 0, draw_size=draw_size, neutral=neutral, restore=restore, ties=ties
    )
    for epoch in range(2):
        referee = Referee(classes, draw_size, restore, ties)
        for position in range(plan.batches_per_epoch):
            referee.judge(plan[epoch * plan.batches_per_epoch + position].tolist())


def test_long_runs_restore_and_stay_legal():
    labels = correlated_labels(400, aus=6)
    plan = MomuPlan(labels, 24, seed=1, draw_size=3, batches_per_epoch=200)
    referee = Referee(classes_of(labels), 3, "earlier_batches", "rarest")
    for step in range(200):
        batch = plan[step].tolist()
        referee.judge(batch)
        assert len(set(batch)) == 24
    assert referee.restored > 400


@given(labels=label_matrices(), data=st.data(), ties=st.sampled_from(["rarest", "random"]))
def test_a_frame_is_repeated_only_when_its_class_is_used_up(labels, data, ties):
    classes = classes_of(labels)
    batch_size = data.draw(st.integers(1, len(set().union(*classes))))
    plan = MomuPlan(labels, batch_size, 0, ties=ties)
    for step in range(6):
        batch = plan[step].tolist()
        for place, frame in enumerate(batch):
            before = set(batch[:place])
            if frame in before:
                assert any(frame in members and members <= before for members in classes)


def test_a_small_class_is_repeated_until_it_has_caught_up():
    labels = np.full((101, 2), -1, np.int8)
    labels[0, 0] = labels[1:, 1] = 1
    batch = MomuPlan(labels, 40, seed=0, draw_size=4)[0]
    # The only frame of AU 0 counts as a draw of one, those of AU 1 come by four.
    assert abs((batch == 0).sum() - (batch != 0).sum()) <= 4
    assert len(set(batch[batch != 0].tolist())) == (batch != 0).sum()


def test_random_ties_choose_any_class_first():
    labels = np.where(np.eye(4).repeat(10, axis=0), 1, -1).astype(np.int8)
    plan = MomuPlan(labels, 10, seed=0, draw_size=2, ties="random")
    seconds = {int(plan[step][2]) // 10 for step in range(40)}
    assert seconds == {0, 1, 2, 3}


def test_draws_from_a_class_are_uniform():
    labels = np.where(np.arange(20)[:, np.newaxis] < 10, 1, -1).astype(np.int8)
    plan = MomuPlan(labels, 3, seed=0, batches_per_epoch=1)
    drawn = np.concatenate([plan[step] for step in range(2000)])
    counts = np.bincount(drawn, minlength=20)
    assert (counts[10:] == 0).all()
    # 600 expected; 5 standard deviations of a binomial count of 2000 with probability 0.3 is 102.
    assert np.abs(counts[:10] - 600).max() < 102


def test_within_batches_aus_are_more_even_than_by_chance():
    labels = correlated_labels(8000)
    random, plan = RandomPlan(labels, 196, 0), MomuPlan(labels, 196, 0)
    by_chance = measure_balance(labels, (random[step] for step in range(40)))
    balanced = measure_balance(labels, (plan[step] for step in range(40)))
    assert balanced.imbalance <= 0.6 * by_chance.imbalance
    assert balanced.repeats_within_batch == 0
    assert (balanced.frames_without_au == 0).all()


def test_neutral_frames_are_drawn_when_they_are_a_class():
    labels = correlated_labels(2000)
    plan = MomuPlan(labels, 100, 0, neutral=True)
    balance = measure_balance(labels, (plan[step] for step in range(20)))
    assert (balance.frames_without_au > 10).all()


def test_a_run_is_as_long_as_the_data_or_as_asked():
    labels = correlated_labels(50)
    assert MomuPlan(labels, 8, 0).batches_per_epoch == 7
    plan = MomuPlan(labels, 8, 0, batches_per_epoch=3)
    assert plan.batches_per_epoch == 3
    other = MomuPlan(labels, 8, 0, batches_per_epoch=30)
    np.testing.assert_array_equal(plan[2], other[2])
    assert not np.array_equal(plan[3], other[3])


def test_batches_cannot_be_changed_by_their_reader():
    with pytest.raises(ValueError, match="read-only"):
        MomuPlan(correlated_labels(50), 8, 0)[0][0] = 5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"draw_size": 0}, "draw size of MOMU is 0"),
        ({"draw_size": 2.5}, "draw size"),
        ({"restore": "never"}, "restore of MOMU is 'never'.*earlier_batches, all_batches"),
        ({"ties": "last"}, "ties of MOMU is 'last'.*rarest, first, random"),
        ({"batches_per_epoch": 0}, "0 batches"),
        ({"batch_size": 3}, "2 training frames that MOMU can draw"),
    ],
)
def test_unusable_options_are_refused(options, message):
    labels = np.array([[1, 1], [1, 1], [-1, -1], [-1, -1]], np.int8)
    with pytest.raises(InputError, match=message):
        MomuPlan(labels, options.pop("batch_size", 1), 0, **options)
