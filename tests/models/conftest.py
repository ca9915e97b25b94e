"""The networks must not rely on silent promotion of dtypes."""

import jax
import pytest


@pytest.fixture(autouse=True)
def _strict_dtypes():
    with jax.numpy_dtype_promotion("strict"):
        yield
