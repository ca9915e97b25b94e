"""Data parallelism: parameters on every device, each batch cut over the devices.

One mesh axis, `data`. A step is the same code on one device and on eight; means over a batch are
means over all of it.
"""

from collections.abc import Mapping
from typing import TypeVar

import jax
import numpy as np
from jax.sharding import AxisType, Mesh, NamedSharding, PartitionSpec

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


def shard_batch(mesh: Mesh, batch: Mapping[str, np.ndarray]) -> dict[str, jax.Array]:
    """Cut a batch over the devices.

    The first axis is padded with zeros to a multiple of the number of devices. A padded row has
    the label 0, missing, for all AUs, so it never counts.
    """
    devices = mesh.size
    sharding = batch_sharding(mesh)

    def put(array: np.ndarray) -> jax.Array:
        missing = -len(array) % devices
        if missing:
            array = np.pad(array, [(0, missing)] + [(0, 0)] * (array.ndim - 1))
        return jax.device_put(array, sharding)

    return {name: put(array) for name, array in batch.items()}
