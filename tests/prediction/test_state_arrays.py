import jax.numpy as jnp
import numpy as np
import pytest

from au_jax.faces.alignment import AlignerState, SeenFace
from au_jax.faces.followed_face import FollowedFace
from au_jax.faces.people_tracker import PeopleState
from au_jax.faces.picture_crop import Square
from au_jax.prediction.state_arrays import state_from_arrays, state_to_arrays
from au_jax.prediction.video_scorer import ScorerState

RNG = np.random.default_rng(0)


def assert_same(found, expected):
    assert type(found) is type(expected)
    if isinstance(expected, np.ndarray):
        assert found.dtype == expected.dtype and found.shape == expected.shape
        assert found.tobytes() == expected.tobytes()
    elif isinstance(expected, tuple):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert_same(one, other)
    elif hasattr(expected, "__dict__") or isinstance(expected, dict):
        pairs = (found, expected) if isinstance(expected, dict) else map(vars, (found, expected))
        one, other = map(dict, pairs)
        assert one.keys() == other.keys()
        for name, part in other.items():
            assert_same(one[name], part)
    else:
        assert found == expected


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_every_bit_comes_back(dtype):
    square = Square(1 / 3, 2.5, 80.1, -0.2)
    carry = np.asarray(jnp.asarray(RNG.normal(size=(1, 4)), dtype))
    state = ScorerState(
        PeopleState((FollowedFace(square, square, 1.1), FollowedFace()), 3),
        (
            AlignerState(RNG.normal(size=(2, 3)), SeenFace(RNG.normal(size=(2, 3)), 0.1, (36, 64))),
            AlignerState(),
        ),
        ({"/1": ((carry, carry),), "": ()}, None),
    )
    assert_same(state_from_arrays(state_to_arrays(state)), state)
    assert_same(state_from_arrays(state_to_arrays(ScorerState(None, (), ()))).aligners, ())


def test_nothing_but_a_state_is_made():
    arrays = dict(state_to_arrays(ScorerState(None, (), ())))
    text = arrays["structure"].tobytes().replace(b"ScorerState", b"Popen")
    with pytest.raises(KeyError, match="Popen"):
        state_from_arrays({"structure": np.frombuffer(text, np.uint8)})
