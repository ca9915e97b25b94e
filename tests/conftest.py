"""Settings of all tests: two CPU devices, so that every training step is data-parallel."""

import os

# Before JAX is imported: the number of devices is fixed then.
os.environ.setdefault("JAX_NUM_CPU_DEVICES", "2")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import pytest
from absl import flags
from hypothesis import settings

# Grain reads absl flags, which nobody parses under pytest.
flags.FLAGS.mark_as_parsed()

settings.register_profile("au_jax", deadline=None, max_examples=50, derandomize=True)
settings.load_profile("au_jax")


@pytest.fixture(autouse=True)
def _strict_jax():
    """Turn silent broadcasting of ranks, which hides mistakes, into an error."""
    with jax.numpy_rank_promotion("raise"):
        yield
