"""Composition of batches in Grain's textbook pipeline; this leans on how Grain strides."""

from typing import Any

import grain
import numpy as np
import pytest

from au_jax.errors import InputError
from au_jax.sampling.momu import MomuPlan
from au_jax.sampling.record_sampler import RecordSampler
from tests.made.labels import correlated_labels

LABELS = correlated_labels(300)
PLAN = MomuPlan(LABELS, 6, seed=2)
FIRST, LAST = 48, 56  # an epoch of the plan ends at step 50


def sampler_of(workers, shards):
    return RecordSampler(
        PLAN, 6, first=FIRST, last=LAST, seed=7, name="test", workers=workers, shards=shards
    )


def read(workers, shard, shards):
    frames: Any = grain.sources.RangeDataSource(0, len(LABELS), 1)
    loader = grain.DataLoader(
        data_source=frames,
        sampler=sampler_of(workers, shards),
        operations=[grain.transforms.Batch(6 // shards, drop_remainder=True)],
        worker_count=workers,
        shard_options=grain.sharding.ShardOptions(shard, shards),
        read_options=grain.ReadOptions(num_threads=0, prefetch_buffer_size=0),
    )
    return [np.asarray(batch).tolist() for batch in loader]


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("shards", [1, 2])
def test_grain_reads_the_batches_of_the_plan(workers, shards):
    parts = [read(workers, shard, shards) for shard in range(shards)]
    steps = np.concatenate(parts, axis=1).tolist()
    assert steps == [PLAN[step].tolist() for step in range(FIRST, LAST)]


def test_noise_belongs_to_a_record_whatever_the_workers_and_shards():
    noise = []
    for workers, shards in ((0, 1), (2, 1), (2, 2), (4, 3)):
        sampler = sampler_of(workers, shards)
        records: list[Any] = [sampler[index] for index in range(len(sampler))]
        assert [record.index for record in records] == list(range(48))
        noise.append(sorted((r.record_key, r.rng.random()) for r in records))
    assert all(other == noise[0] for other in noise)
    assert len({value for _, value in noise[0]}) == 48


def test_it_ends_and_says_what_decides_it():
    sampler = sampler_of(2, 2)
    for index in (-1, len(sampler)):
        with pytest.raises(IndexError):
            sampler[index]
    assert repr(sampler) == (
        "RecordSampler('test', batch_size=6, first=48, last=56, seed=7, workers=2, shards=2)"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"workers": 3}, "steps 48 to 56 for 3 workers"),
        ({"last": 47}, "steps 48 to 47"),
        ({"shards": 4}, "batches of 6 records for 4 shards"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_what_cannot_be_shared_out_is_refused(options, message):
    with pytest.raises(InputError, match=message):
        RecordSampler(PLAN, 6, **{"first": 48, "last": 56, "seed": 0, "name": "test"} | options)
