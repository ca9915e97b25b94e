import numpy as np
import pytest

from au_jax.analysis.rendered_units import render_units
from au_jax.errors import InputError
from au_jax.faces import blendshapes as module
from au_jax.faces.blendshapes import BLENDSHAPES, blendshapes

SHOWS = {1: "browInnerUp", 10: "mouthUpperUp", 12: "mouthSmile", 17: "mouthShrug"}
"""Of some action units, how the blendshapes of the same movement begin."""


@pytest.fixture(scope="module")
def rises(blendshape_model):
    """What each unit adds to the blendshapes of drawn people, `[unit, blendshape]`."""
    units = [render_units(100, person, tuple(SHOWS), 200) for person in range(2)]
    gains = [blendshapes(one.active) - blendshapes(one.neutral[None]) for one in units]
    return np.mean(gains, axis=0)


@pytest.mark.parametrize("au", SHOWS)
def test_a_drawn_unit_moves_the_blendshape_of_its_name_most(rises, au):
    # In another order of points or names nothing of this would hold.
    rise = rises[list(SHOWS).index(au)]
    strongest = [BLENDSHAPES[column] for column in np.argsort(-rise)[:4]]
    assert any(name.startswith(SHOWS[au]) for name in strongest), strongest


def test_numbers_are_shares_and_those_of_a_smaller_face_are_alike(blendshape_model):
    face = render_units(100, 0, (12,), 200).active
    small = face[:, ::2, ::2] // 4 + face[:, 1::2, ::2] // 4 + face[:, ::2, 1::2] // 4
    small += face[:, 1::2, 1::2] // 4
    found = blendshapes(np.concatenate([face, face]))
    assert found.shape == (2, len(BLENDSHAPES)) and found.dtype == np.float32
    assert found.min() >= 0 and found.max() <= 1
    np.testing.assert_array_equal(found[0], found[1])
    assert abs(blendshapes(small) - found[:1]).max() < 0.25
    assert blendshapes(face[:0]).shape == (0, len(BLENDSHAPES))


def test_names_are_as_many_as_the_network_has_besides_the_neutral_face():
    assert len(set(BLENDSHAPES)) == len(BLENDSHAPES) == 51
    assert BLENDSHAPES[0] == "browDownLeft" and BLENDSHAPES[-1] == "noseSneerRight"


def test_a_network_that_is_missing_is_told_with_the_command(tmp_path, monkeypatch):
    monkeypatch.setenv("AU_JAX_CACHE", str(tmp_path))
    command = r"run once: python -m au_jax\.faces\.install_models --blendshapes$"
    with pytest.raises(InputError, match=rf"blendshapes is not installed; {command}"):
        module._Blendshapes()
