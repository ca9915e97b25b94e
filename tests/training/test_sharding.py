"""Data parallelism over devices and over two real processes, which JAX joins on this machine."""

import json
import os
import pathlib
import socket
import subprocess
import sys

import jax
import numpy as np
import pytest

from au_jax.sampling.planned_batches import ProcessRows
from au_jax.training import METRICS_FILE
from au_jax.training.sharding import data_mesh, process_rows, shard_batch
from tests.made.small_training import planned_batches, train_small

PACKAGE = pathlib.Path(__file__).parents[2]
SCRIPT = PACKAGE / "tests/made/small_training.py"


def free_port():
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return opened.getsockname()[1]


def train_in_two_processes(directory, steps):
    environment = os.environ | {"JAX_NUM_CPU_DEVICES": "2", "PYTHONPATH": str(PACKAGE)}
    port = free_port()
    running = [
        subprocess.Popen(
            [sys.executable, SCRIPT, str(process), "2", str(port), directory, str(steps)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for process in range(2)
    ]
    try:
        for process in running:
            output, _ = process.communicate(timeout=300)
            assert process.returncode == 0, output
    finally:
        for process in running:
            process.kill()


@pytest.fixture
def one_device(monkeypatch):
    kind = (jax.sharding.AxisType.Auto,)
    mesh = jax.make_mesh((1,), ("data",), devices=jax.devices()[:1], axis_types=kind)
    monkeypatch.setattr("au_jax.training.loop.data_mesh", lambda: mesh)


def rows(directory):
    lines = (directory / METRICS_FILE).read_text().splitlines()
    return [{k: v for k, v in json.loads(line).items() if k != "seconds"} for line in lines]


@pytest.mark.usefixtures("one_device")
def test_two_processes_train_as_one_and_one_goes_on(tmp_path):
    alone, together = tmp_path / "alone", tmp_path / "together"
    together.mkdir()
    train_in_two_processes(together, steps=4)
    at_four = jax.tree.leaves(train_small(alone, 4))
    for process in range(2):
        with np.load(together / f"params_of_process_{process}.npz") as saved:
            for found, expected in zip(saved.values(), at_four, strict=True):
                np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)
    pairs = zip(
        jax.tree.leaves(train_small(together, 6)),
        jax.tree.leaves(train_small(alone, 6)),
        strict=True,
    )
    for found, expected in pairs:
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)
    for one, two in zip(rows(alone), rows(together), strict=True):
        assert two == pytest.approx(one, rel=1e-4)


def test_a_batch_is_filled_up_and_cut_over_the_devices():
    mesh = data_mesh()
    assert process_rows(mesh) == ProcessRows(0, 1, devices=2)
    batch = planned_batches().step(3, process_rows(mesh))
    assert (batch["labels"][7:] == 0).all()
    sharded = shard_batch(mesh, batch)
    for name, array in batch.items():
        np.testing.assert_array_equal(sharded[name], array)
        halves = [np.asarray(shard.data) for shard in sharded[name].addressable_shards]
        np.testing.assert_array_equal(halves, [array[:4], array[4:]])
