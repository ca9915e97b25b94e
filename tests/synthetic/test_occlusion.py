"""Hands: where they are and what they hide, against geometry done in NumPy."""

import jax.numpy as jnp
import numpy as np

from au_jax.facs import PAPER_AUS
from au_jax.synthetic.dynamics import occlusion
from au_jax.synthetic.rendering import hand


def test_a_hand_covers_its_palm_and_fingers_but_not_beside_them():
    pose = jnp.array([100.0, 120.0, -np.pi / 2, 1.0, 1.0])  # fingers point up
    points = jnp.array([[100.0, 120.0], [95.0, 75.0], [100.0, 200.0], [40.0, 120.0], [100.0, 20.0]])
    distance, _, _ = hand.cover(points, pose)
    np.testing.assert_array_equal(np.asarray(distance) < 0, [True, True, True, False, False])


def test_distances_scale_and_turn_with_the_hand():
    rng = np.random.default_rng(0)
    points = rng.uniform(-60, 60, (30, 2))
    base, _, _ = hand.cover(jnp.asarray(points), jnp.array([0.0, 0.0, 0.0, 1.0, 1.0]))
    angle, size, shift = 0.7, 1.3, np.array([90.0, 110.0])
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = size * points @ rotation.T + shift
    found, _, _ = hand.cover(jnp.asarray(moved), jnp.array([*shift, angle, size, 1.0]))
    np.testing.assert_allclose(found, size * np.asarray(base), atol=1e-2)
    mirrored, _, _ = hand.cover(
        jnp.asarray(points * [1.0, -1.0]), jnp.array([0.0, 0.0, 0.0, 1.0, -1.0])
    )
    np.testing.assert_allclose(mirrored, base, atol=1e-3)


def hidden_units(*pose):
    units, lost = occlusion.hidden(np.array([pose, hand.ABSENT], np.float32))
    assert not units[1].any() and not lost[1]
    return {au for au, gone in zip(PAPER_AUS, units[0], strict=True) if gone}, bool(lost[0])


def test_a_hand_on_the_mouth_hides_the_lips_but_not_the_brows():
    units, lost = hidden_units(104.0, 170.0, -np.pi / 2, 1.2, 1.0)
    assert units >= {23, 24}
    assert not units & {1, 2, 4, 6, 7}
    assert not lost


def test_a_hand_on_the_forehead_hides_the_brows_but_not_the_mouth():
    units, lost = hidden_units(100.0, 40.0, 0.0, 1.6, 1.0)
    assert units & {1, 4}
    assert not units & {12, 14, 15, 17, 23, 24}
    assert not lost


def test_a_large_hand_hides_everything():
    units, lost = hidden_units(98.0, 120.0, -np.pi / 2, 2.6, 1.0)
    assert lost and units == set(PAPER_AUS)


def test_many_frames_give_the_same_as_each_alone():
    rng = np.random.default_rng(2)
    poses = rng.uniform((40, 60, -2, 0.8, 1), (160, 220, 0, 2, 1), (150, 5)).astype(np.float32)
    together = occlusion.hidden(poses)
    for number in (0, 63, 64, 149):
        alone = occlusion.hidden(poses[number : number + 1])
        np.testing.assert_array_equal(alone[0][0], together[0][number])
        assert alone[1][0] == together[1][number]
