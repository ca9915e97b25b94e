import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from au_jax.errors import InputError
from au_jax.sampling.planned_batches import PlannedBatches, ProcessRows
from au_jax.sampling.random import SequentialPlan


def read(indices):
    return {"index": indices + 1, "pair": np.stack([indices, -indices], axis=1)}


@given(rows=st.integers(1, 40), processes=st.integers(1, 5), devices_each=st.integers(1, 4))
def test_the_blocks_of_all_processes_are_the_filled_step(rows, processes, devices_each):
    devices = processes * devices_each
    batches = PlannedBatches(SequentialPlan(np.arange(100), rows), read)
    parts = [
        batches.step(1, ProcessRows(process, processes, devices)) for process in range(processes)
    ]
    assert len({len(part["index"]) for part in parts}) == 1
    whole = batches.step(1)
    filled = -len(whole["index"]) % devices
    for name, array in whole.items():
        expected = np.concatenate([array, np.zeros((filled, *array.shape[1:]), array.dtype)])
        np.testing.assert_array_equal(np.concatenate([part[name] for part in parts]), expected)


def test_a_process_reads_only_its_own_rows():
    asked = []

    def remember(indices):
        asked.append(indices.tolist())
        return {"index": indices}

    batches = PlannedBatches(SequentialPlan(np.arange(10), 10), remember)
    for process in range(2):
        batches.step(0, ProcessRows(process, 2, 4))
    assert asked == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9]]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ((2, 2, 2), "process 2 of 2"),
        ((-1, 1, 1), "process -1 of 1"),
        ((0, 2, 3), "3 devices for 2 processes"),
        ((0, 1, 0), "0 devices for 1 processes"),
    ],
)
def test_what_cannot_be_shared_out_is_refused(rows, message):
    with pytest.raises(InputError, match=message):
        ProcessRows(*rows)
