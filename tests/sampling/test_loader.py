import threading

import numpy as np
import pytest

from au_jax.sampling.loader import StepSampler, iterate_batches


def read(step):
    return {"step": np.full(3, step)}


def test_steps_come_in_order_from_any_first_step():
    batches = list(iterate_batches(read, first=5, last=25, name="test"))
    assert [int(batch["step"][0]) for batch in batches] == list(range(5, 25))


def test_nothing_to_do():
    assert list(iterate_batches(read, first=3, last=3, name="test")) == []


def test_reading_runs_ahead_in_other_threads():
    threads = set()

    def remember(step):
        threads.add(threading.get_ident())
        return read(step)

    assert len(list(iterate_batches(remember, first=0, last=8, name="test"))) == 8
    assert threading.get_ident() not in threads


def test_an_error_while_reading_reaches_the_caller():
    def fail(step):
        if step == 2:
            raise OSError("disk gone")
        return read(step)

    with pytest.raises(OSError, match="disk gone"):
        list(iterate_batches(fail, first=0, last=5, name="test"))


def test_sampler_ends_where_grain_asks_beyond_it():
    sampler = StepSampler(4, 6)
    assert len(sampler) == 2
    assert sampler[1].record_key == 5
    with pytest.raises(IndexError):
        sampler[2]
