"""Data parallelism: parameters on every device, each batch cut over the devices.

One mesh axis, `data`. A step is the same code on one device, on eight, and on the devices of
several processes; means over a batch are means over all of it.
"""

from collections.abc import Mapping
from typing import TypeVar

import jax
import numpy as np
from jax.sharding import AxisType, Mesh, NamedSharding, PartitionSpec

from au_jax.sampling.planned_batches import ProcessRows

Tree = TypeVar("Tree")

AXIS = "data"


def data_mesh() -> Mesh:
    """Return the mesh of all devices along the axis `data`."""
    # Auto: the compiler places intermediate values; the default since JAX 0.9 asks the code to.
    return jax.make_mesh((jax.device_count(),), (AXIS,), axis_types=(AxisType.Auto,))


def replicated(mesh: Mesh) -> NamedSharding:
    """Return the sharding that holds a whole array on every device."""
    return NamedSharding(mesh, PartitionSpec())


def batch_sharding(mesh: Mesh) -> NamedSharding:
    """Return the sharding that cuts the first axis over the devices."""
    return NamedSharding(mesh, PartitionSpec(AXIS))


def replicate(mesh: Mesh, tree: Tree) -> Tree:
    """Put every array of `tree` on all devices."""
    return jax.device_put(tree, replicated(mesh))


def process_rows(mesh: Mesh) -> ProcessRows:
    """Return which rows of each step this process has to read for `shard_batch`."""
    processes = {device.process_index for device in mesh.devices.flat}
    if len(processes) == 1:
        return ProcessRows(devices=mesh.size)
    return ProcessRows(jax.process_index(), len(processes), mesh.size)


def shard_batch(mesh: Mesh, batch: Mapping[str, np.ndarray]) -> dict[str, jax.Array]:
    """Put the rows of this process on its devices, as its part of the global batch.

    Args:
        mesh: the devices of all processes.
        batch: the rows that `process_rows` names, their number a multiple of the devices of this
            process.

    Returns:
        Arrays over the rows of all processes.
    """
    sharding = batch_sharding(mesh)
    return {
        name: jax.make_array_from_process_local_data(sharding, array)
        for name, array in batch.items()
    }
