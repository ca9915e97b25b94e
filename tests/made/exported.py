"""How an exported function is called in tests."""

import numpy as np


def in_pieces(call, inputs, faces, sizes):
    """The scores of a recording that goes through a function in pieces; sizes repeat.

    `call(faces, landmarks or None, state or None)` returns scores and, perhaps, the state.
    """
    state = next((np.zeros(one.shape, np.float32) for one in inputs if one.name == "state"), None)
    takes_landmarks = any(one.name == "landmarks" for one in inputs)
    scores, first, number = [], 0, 0
    while first < len(faces):
        piece = faces[first : first + sizes[number % len(sizes)]]
        unknown = np.full((len(piece), 49, 2), np.nan, np.float32)
        found = call(piece, unknown if takes_landmarks else None, state)
        scores.append(np.asarray(found[0]))
        state = None if state is None else np.asarray(found[1])
        first, number = first + len(piece), number + 1
    return np.concatenate(scores)


def random_faces(count, shape=(32, 32, 3), seed=7):
    """Faces uint8 `[count, *shape]`."""
    return np.random.default_rng(seed).integers(0, 256, (count, *shape), np.uint8)
