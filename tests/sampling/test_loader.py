"""Batches as they were planned, whatever reads them; the workers are real Grain processes."""

import contextlib
import multiprocessing
import threading

import numpy as np
import pytest

from au_jax.errors import InputError
from au_jax.sampling.loader import StepSource, iterate_batches
from au_jax.sampling.planned_batches import ALL_ROWS, PlannedBatches, ProcessRows
from au_jax.sampling.strategies import STRATEGIES, plan_for
from tests.made.labels import correlated_labels

LABELS = correlated_labels(60)
BATCH = 7
FIRST, LAST = 5, 12  # an epoch of seven or eight batches ends within


class StepPlan:
    """Step s has the indices s, s + 1, s + 2."""

    def __getitem__(self, step):
        return np.arange(step, step + 3)


class AllStrategies:
    """The batches of the five strategies side by side, so that one start of workers does."""

    def __init__(self):
        self.plans = [plan_for(name, LABELS, BATCH, 3) for name in STRATEGIES]

    def __getitem__(self, step):
        return np.stack([plan[step] for plan in self.plans], axis=1)


def read(indices):
    """Arrays that show their indices; `large` travels through shared memory."""
    return {"index": indices, "large": np.repeat(indices.reshape(len(indices), -1), 5000, axis=1)}


def fail_at_seven(indices):
    if 7 in indices:
        raise InputError("clip_007: the disk is gone")
    return read(indices)


def open_batches(batches, **options):
    settings = {"first": FIRST, "last": LAST, "name": "test"} | options
    return contextlib.closing(iterate_batches(batches, **settings))


def assert_same(batches, expected):
    assert len(batches) == len(expected)
    for batch, wanted in zip(batches, expected, strict=True):
        assert batch.keys() == wanted.keys()
        for name in wanted:
            np.testing.assert_array_equal(batch[name], wanted[name])


@pytest.fixture(scope="module")
def all_strategies():
    return PlannedBatches(AllStrategies(), read)


@pytest.fixture(scope="module")
def planned(all_strategies):
    return [all_strategies.step(step) for step in range(FIRST, LAST)]


def test_the_range_of_steps_crosses_the_end_of_an_epoch():
    plan = plan_for("random", LABELS, BATCH, 3)
    seen = [plan[step].tolist() for step in range(FIRST, LAST)]
    assert len(set(np.concatenate(seen).tolist())) < np.size(seen)


@pytest.mark.parametrize("workers", [0, 2])
def test_batches_are_the_planned_ones_for_any_number_of_workers(all_strategies, planned, workers):
    with open_batches(all_strategies, workers=workers) as batches:
        assert_same(list(batches), planned)


def test_two_processes_read_the_batches_of_one(all_strategies, planned):
    parts = []
    for process, workers in ((0, 0), (1, 2)):  # each may have workers or not
        rows = ProcessRows(process, 2, devices=2)
        with open_batches(all_strategies, workers=workers, rows=rows) as batches:
            parts.append(list(batches))
    joined = [
        {name: np.concatenate([one[name], two[name]])[:BATCH] for name in one}
        for one, two in zip(*parts, strict=True)
    ]
    assert_same(joined, planned)
    assert all(len(part["index"]) == 4 for part in parts[0] + parts[1])  # 7 rows and one to fill


def test_a_run_goes_on_in_the_middle_of_an_epoch_by_step(all_strategies, planned):
    # With other workers than before.
    for first, last, workers in ((FIRST, FIRST + 3, 0), (FIRST + 3, LAST, 1)):
        with open_batches(all_strategies, first=first, last=last, workers=workers) as batches:
            assert_same(list(batches), planned[first - FIRST : last - FIRST])


@pytest.mark.parametrize("workers", [0, 2])
def test_a_run_goes_on_in_the_middle_of_an_epoch_by_state(all_strategies, planned, workers):
    with open_batches(all_strategies, workers=workers) as batches:
        for _ in range(3):
            next(batches)
        state = batches.get_state()
    with open_batches(all_strategies, workers=workers) as batches:
        batches.set_state(state)
        assert_same(list(batches), planned[3:])


@pytest.mark.parametrize("workers", [0, 2])
def test_an_error_while_reading_reaches_the_caller(workers):
    batches = PlannedBatches(StepPlan(), fail_at_seven)
    with open_batches(batches, first=0, workers=workers) as opened:
        for step in range(5):
            assert next(opened)["index"][0] == step
        with pytest.raises(InputError, match="clip_007: the disk is gone"):
            next(opened)
    assert multiprocessing.active_children() == []


def test_leaving_early_leaves_no_worker_behind():
    with open_batches(PlannedBatches(StepPlan(), read), last=1000, workers=2) as batches:
        assert next(batches)["index"][0] == FIRST
        assert len(multiprocessing.active_children()) == 2
    assert multiprocessing.active_children() == []
    with pytest.raises(ValueError, match="closed"):
        next(batches)


def test_reading_runs_ahead_in_other_threads():
    threads = set()

    def remember(indices):
        threads.add(threading.get_ident())
        return read(indices)

    with open_batches(PlannedBatches(StepPlan(), remember), first=0, last=8) as batches:
        assert len(list(batches)) == 8
    assert threading.get_ident() not in threads


@pytest.mark.parametrize(("first", "last"), [(3, 3), (5, 3)])
def test_nothing_to_do(first, last):
    with open_batches(PlannedBatches(StepPlan(), read), first=first, last=last) as batches:
        assert list(batches) == []


def test_a_negative_number_of_workers_is_refused():
    with pytest.raises(InputError, match="workers is -1; give 0 or more"):
        open_batches(PlannedBatches(StepPlan(), read), workers=-1)


def test_the_source_says_what_decides_it():
    source = StepSource(PlannedBatches(StepPlan(), read), 4, 6, ALL_ROWS, "faces")
    assert repr(source) == (
        "StepSource('faces', first=4, last=6, rows=ProcessRows(process=0, processes=1, devices=1))"
    )
