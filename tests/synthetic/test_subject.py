"""Who the subjects are."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from au_jax.faces.mean_shape import EYE_CENTRES, MEAN_SHAPE
from au_jax.synthetic.expression.combination import RENDERED_AUS
from au_jax.synthetic.rendering.face_maps import _PROPORTIONS, _warp
from au_jax.synthetic.subject import eyes, head, mouth, proportions
from au_jax.synthetic.subject.identity import sample_identity


@pytest.fixture(scope="module")
def people():
    return [sample_identity(3, subject) for subject in range(300)]


def stacked(people, name):
    return np.stack([np.asarray(getattr(person, name)) for person in people])


def leaves(identity):
    plain = {name: value for name, value in vars(identity).items() if name != "key"}
    return [*map(np.asarray, jax.tree.leaves(plain)), np.asarray(jax.random.key_data(identity.key))]


def test_a_subject_is_the_same_person_each_time():
    for a, b in zip(leaves(sample_identity(7, 4)), leaves(sample_identity(7, 4)), strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.allclose(sample_identity(7, 4).shape, sample_identity(7, 5).shape)
    assert not np.allclose(sample_identity(7, 4).shape, sample_identity(8, 4).shape)


def test_there_are_at_least_fifteen_independent_proportions(people):
    shape = stacked(people, "shape")
    assert shape.shape[1] == len(proportions.NAMES) >= 15
    assert shape.std(axis=0).min() > 0.7
    # All of them matter: each moves or raises the skin somewhere by more than half a unit.
    effect = np.abs(_PROPORTIONS.effect[:, :3]).max(axis=1)
    assert all(effect[_PROPORTIONS.owner == i].max() > 0.5 for i in range(shape.shape[1]))
    eigenvalues = np.linalg.eigvalsh(np.corrcoef(shape.T))
    assert eigenvalues.min() > 0.2


def test_no_face_is_folded_by_its_proportions(people):
    """The map from the mean face to a subject's keeps a good part of every area."""
    axis = np.arange(0.0, 200.0, 4.0, dtype=np.float32)
    points = jnp.asarray(np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2))
    warp = jax.jit(_warp)
    for person in people[:60]:
        moved = np.asarray(warp(points, person)).reshape(len(axis), len(axis), 2)
        (xy, xx), (yy, yx) = (np.gradient(moved[..., c], 4.0) for c in (0, 1))
        area = (1 + xx) * (1 + yy) - xy * yx
        assert area.min() > 0.25


def test_people_vary_as_people_do(people):
    melanin = stacked(people, "melanin")
    assert melanin.min() < 0.08 and melanin.max() > 0.7
    for name, low, high in (
        ("glasses", 0.07, 0.22),
        ("beard", 0.04, 0.2),
        ("stubble", 0.2, 0.5),
        ("hair_length", 0.2, 0.5),
    ):
        assert low < np.mean(stacked(people, name) > 0) < high, name
    assert np.all(stacked(people, "hair") >= 0) and np.all(stacked(people, "hair") < 0.6)


def test_people_differ_in_how_expressions_show(people):
    gain, asymmetry = stacked(people, "gain"), stacked(people, "asymmetry")
    assert gain.shape == asymmetry.shape == (300, len(RENDERED_AUS))
    assert np.all(gain > 0.5) and np.all(gain < 1.7) and gain.std() > 0.15
    assert np.abs(asymmetry).max() < 0.5 and asymmetry.std() > 0.08


def test_eyes_open_and_meet_at_the_corners(people):
    across = jnp.linspace(20.0, 180.0, 161)
    for person in people[:5]:
        for y in (54.0, 62.0, 70.0):
            points = jnp.stack([across, jnp.full_like(across, y)], axis=-1)
            above, below = eyes.beyond_margins(points, person)
            beyond_corner = np.abs(np.asarray(eyes.along_opening(points, person))) >= 1.0
            np.testing.assert_allclose(above[beyond_corner], -below[beyond_corner], atol=1e-4)
        above, below = eyes.beyond_margins(jnp.asarray(EYE_CENTRES, jnp.float32), person)
        assert np.all(np.asarray(above) < 0) and np.all(np.asarray(below) < 0)


def test_lips_lie_where_the_mean_shape_has_them():
    person = sample_identity(0, 0)
    inner = MEAN_SHAPE[[50, 52, 57]] + np.array([[0, 6], [0, 6], [0, -5]])
    outside = np.array([[100.0, 118.0], [100.0, 172.0], [50.0, 146.0]])
    red = mouth.red_part(jnp.asarray(np.concatenate([inner, outside]), jnp.float32), person)
    assert np.all(np.asarray(red[:3]) > 0.5) and np.all(np.asarray(red[3:]) < 0.05)


def test_the_depth_of_the_head_is_that_of_a_face():
    person = sample_identity(0, 0)
    named = {
        "nose tip": (100.0, 108.0),
        "nasion": (100.0, 54.0),
        "cheek": (55.0, 85.0),
        "eye corner": (46.0, 62.0),
        "chin": (100.0, 186.0),
        "side": (18.0, 90.0),
        "mouth corner": (66.0, 147.0),
    }
    depth = head.depth(jnp.asarray(list(named.values())), person)
    z = dict(zip(named, np.asarray(depth), strict=True))
    assert z["nose tip"] > z["nasion"] + 15 > z["cheek"] + 15
    assert z["cheek"] > z["side"] + 25
    assert z["chin"] > z["mouth corner"]
    assert z["nasion"] > z["eye corner"] + 10


def test_the_outline_follows_the_jaw_of_the_mean_shape():
    jaw = jnp.asarray(MEAN_SHAPE[:17], jnp.float32)
    np.testing.assert_allclose(head.inside_outline(jaw), 0.0, atol=4.5)
    assert head.inside_outline(jnp.array([[100.0, 100.0]]))[0] > 60
    assert head.inside_outline(jnp.array([[0.0, 190.0]]))[0] < -40
