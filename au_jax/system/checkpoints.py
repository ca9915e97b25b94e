"""Save and restore training states and models; the only place that knows Orbax.

A stage in progress keeps its latest state, so that a killed run goes on from there. A finished
stage keeps only its model: parameters together with the constants of its preprocessing.
"""

import contextlib
import logging
import warnings
from collections.abc import Iterator
from typing import TypeVar

import jax
from etils import epath
from orbax.checkpoint import v1 as ocp

from au_jax.errors import InputError
from au_jax.system.pytree import PyTree

State = TypeVar("State")

_MODEL = "model"
_TRAINING = "training"


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep Orbax's remarks about sharding files and metadata out of a user's terminal.

    Also the traces that its threads log when a disk is full: the error itself is raised.
    """
    logger = logging.getLogger("absl")
    level = logger.level
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        logger.setLevel(logging.CRITICAL)
        try:
            yield
        finally:
            logger.setLevel(level)


class TrainingCheckpoints:
    """The latest state of a stage in progress, under `<directory>/training/`."""

    def __init__(self, directory: epath.PathLike) -> None:
        """Open the checkpoints of the stage in `directory`, which need not exist yet."""
        self._directory = _absolute(directory) / _TRAINING
        with _quiet():
            self._checkpointer = ocp.training.Checkpointer(
                self._directory,
                # Orbax types the argument of its own policies more loosely than their protocol.
                preservation_policy=ocp.training.preservation_policies.LatestN(1),  # pyright: ignore[reportArgumentType]
                cleanup_tmp_directories=True,
            )

    def restore(self, state: State) -> State:
        """Return the latest saved state, or `state` itself when nothing has been saved.

        Args:
            state: gives structure, shapes, dtypes and shardings; its devices decide where the
                restored arrays lie, not those of the run that saved them.
        """
        if self._checkpointer.latest is None:
            return state
        with _quiet():
            return self._checkpointer.load(None, _abstract(state))

    def save(self, step: int, state: PyTree) -> None:
        """Save `state` as that of `step`; returns when it is on disk."""
        with _quiet():
            self._checkpointer.save(step, state, overwrite=True)

    def close(self) -> None:
        """Release the files."""
        self._checkpointer.close()


def save_model(directory: epath.PathLike, model: PyTree) -> None:
    """Save a finished model, a pytree of arrays, as `<directory>/model`.

    The training states of its stage are no longer needed then, and are removed.
    """
    with _quiet():
        arrays = jax.tree.map(jax.numpy.asarray, model)
        ocp.save(_absolute(directory) / _MODEL, arrays, overwrite=True)
    training = _absolute(directory) / _TRAINING
    if training.exists():
        training.rmtree()


def has_model(directory: epath.PathLike) -> bool:
    """Return whether `<directory>/model` is there in full."""
    path = _absolute(directory) / _MODEL
    if not path.exists():
        return False
    try:
        with _quiet():
            ocp.metadata(path)
    except ocp.errors.InvalidLayoutError:
        return False
    return True


def load_model(directory: epath.PathLike) -> PyTree:
    """Return the model that `save_model` left in `directory`, as NumPy-compatible arrays.

    Raises:
        InputError: if there is none.
    """
    if not has_model(directory):
        raise InputError(
            f"there is no finished model in {directory}; run the experiment to its end first"
        )
    path = _absolute(directory) / _MODEL
    with _quiet():
        metadata = ocp.metadata(path).metadata
        device = jax.sharding.SingleDeviceSharding(jax.local_devices()[0])
        abstract = jax.tree.map(
            lambda leaf: jax.ShapeDtypeStruct(leaf.shape, leaf.dtype, sharding=device), metadata
        )
        return ocp.load(path, abstract)


def _abstract(state: State) -> State:
    return jax.tree.map(
        lambda leaf: jax.ShapeDtypeStruct(leaf.shape, leaf.dtype, sharding=leaf.sharding), state
    )


def _absolute(directory: epath.PathLike) -> epath.Path:
    path = epath.Path(directory)
    return path if _is_remote(path) else path.resolve()


def _is_remote(path: epath.Path) -> bool:
    return "://" in str(path)
