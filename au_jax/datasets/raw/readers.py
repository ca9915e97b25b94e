"""Which reader reads which kind of raw data."""

from collections.abc import Callable

from etils import epath

from au_jax.datasets.raw.bp4d import read_bp4d
from au_jax.datasets.raw.bp4d_plus import read_bp4d_plus
from au_jax.datasets.raw.disfa import read_disfa
from au_jax.datasets.raw.gft import read_gft
from au_jax.datasets.raw.raw_dataset import RawDataset, ReaderOptions

READERS: dict[str, Callable[[epath.PathLike, ReaderOptions], RawDataset]] = {
    "bp4d": read_bp4d,
    "bp4d_plus": read_bp4d_plus,
    "gft": read_gft,
    "disfa": read_disfa,
}
"""By the name of the data set in `registry.LICENSED_DATASETS`."""
