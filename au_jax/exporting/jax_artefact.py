"""A program as one serialised `jax.export` artefact for several platforms.

Parameters are an argument and not in the artefact, so that a folder holds them once and in a form
that outlives the artefact: JAX promises to read it for six months
(https://docs.jax.dev/en/latest/export/export.html#compatibility-guarantees).
"""

from collections.abc import Sequence

import jax

from au_jax.errors import InputError
from au_jax.exporting.program import FRAMES, Program

PLATFORMS = ("cpu", "cuda", "tpu")
"""Those that a program can be lowered for without being there, and that are by default."""
_KNOWN = (*PLATFORMS, "rocm")


def check_platforms(platforms: Sequence[str]) -> None:
    """Refuse platforms that are not known.

    Raises:
        InputError: for one that is not, or none.
    """
    for name in platforms or [""]:
        if name not in _KNOWN:
            raise InputError(
                f"--platforms={','.join(platforms)}: {name!r} is no platform; "
                f"allowed are {', '.join(_KNOWN)}, one or several, as in --platforms=cpu,cuda"
            )


def serialise(program: Program, platforms: Sequence[str] = PLATFORMS) -> bytes:
    """Return the artefact; called, it takes parameters and inputs as `Program.__call__` does.

    The number of frames is symbolic, 1 at least.

    Args:
        program: what is exported.
        platforms: where it can run.
    """
    from jax import export

    (frames,) = export.symbolic_shape(FRAMES)
    parameters = {
        name: jax.ShapeDtypeStruct(array.shape, array.dtype)
        for name, array in program.parameters().items()
    }
    inputs = [
        jax.ShapeDtypeStruct([frames if size == FRAMES else size for size in one.shape], one.dtype)
        for one in program.inputs
    ]
    exported = export.export(jax.jit(program.__call__), platforms=platforms)(parameters, *inputs)
    return bytes(exported.serialize())
