"""Where JAX computes."""

import contextlib

import jax


def on_cpu() -> contextlib.AbstractContextManager[object]:
    """Return a context in which JAX computes on the CPU; none where it was told to leave it out."""
    try:
        return jax.default_device(jax.local_devices(backend="cpu")[0])
    except RuntimeError:
        return contextlib.nullcontext()
