"""What a scorer remembers as arrays on disk, read back without executing anything."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp
import numpy as np

from au_jax.faces.alignment import AlignerState, SeenFace
from au_jax.faces.followed_face import FollowedFace
from au_jax.faces.people_tracker import PeopleState
from au_jax.faces.picture_crop import Square
from au_jax.prediction.video_scorer import ScorerState

_CLASSES = {
    kind.__name__: kind
    for kind in (ScorerState, PeopleState, FollowedFace, Square, AlignerState, SeenFace)
}


def state_to_arrays(state: ScorerState) -> dict[str, np.ndarray]:
    """Return a state as arrays of bytes: its structure in JSON, and each array in it."""
    arrays: dict[str, np.ndarray] = {}

    def pack(value: Any) -> Any:  # noqa: ANN401 (any part of a state)
        if isinstance(value, np.ndarray | np.generic):
            name = f"array_{len(arrays)}"
            arrays[name] = np.frombuffer(np.asarray(value).tobytes(), np.uint8)
            return {"array": name, "dtype": value.dtype.name, "shape": list(value.shape)}
        if dataclasses.is_dataclass(value):
            return {"class": type(value).__name__, "of": pack(dict(vars(value)))}
        if isinstance(value, Mapping):
            return {"mapping": {name: pack(part) for name, part in value.items()}}
        if isinstance(value, tuple):
            return {"tuple": [pack(part) for part in value]}
        return value

    structure = json.dumps(pack(state))
    return {**arrays, "structure": np.frombuffer(structure.encode(), np.uint8)}


def state_from_arrays(arrays: Mapping[str, np.ndarray]) -> ScorerState:
    """Return the state that `state_to_arrays` took apart.

    Raises:
        KeyError: if something is missing, or of a class that is no part of a state.
    """

    def unpack(value: Any) -> Any:  # noqa: ANN401 (any part of a state)
        if not isinstance(value, dict):
            return value
        if "array" in value:
            # By JAX, which knows bfloat16.
            dtype = jnp.dtype(value["dtype"])
            return np.frombuffer(arrays[value["array"]].tobytes(), dtype).reshape(value["shape"])
        if "class" in value:
            return _CLASSES[value["class"]](**unpack(value["of"]))
        if "mapping" in value:
            return {name: unpack(part) for name, part in value["mapping"].items()}
        return tuple(unpack(part) for part in value["tuple"])

    return unpack(json.loads(arrays["structure"].tobytes()))
