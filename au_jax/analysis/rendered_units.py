"""Built-in people with one action unit at a time."""

import dataclasses
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.synthetic.expression import combination
from au_jax.synthetic.rendering import pose, renderer
from au_jax.synthetic.rendering.face_maps import FaceMaps
from au_jax.synthetic.rendering.scene import sample_scene
from au_jax.synthetic.subject.identity import sample_identity


@dataclasses.dataclass(frozen=True)
class RenderedUnits:
    """A built-in person under one light, straight into the camera, with the same noise everywhere.

    Attributes:
        neutral: uint8 RGB `[size, size, 3]`.
        active: uint8 RGB `[au, size, size, 3]`, each unit alone at full strength.
        still: uint8 RGB `[au, size, size, 3]`, neutral, but moved by the alignment as `active` is:
            the two differ only where the unit acts. Alignment follows the landmarks, so that in
            `active` the whole face moves a little against `neutral`.
    """

    neutral: np.ndarray
    active: np.ndarray
    still: np.ndarray


def render_units(seed: int, subject: int, aus: Sequence[int], size: int) -> RenderedUnits:
    """Return a built-in person with each of some action units.

    Args:
        seed: of the data set.
        subject: number of the person.
        aus: units that the renderer shows.
        size: pixels along a side.
    """
    scene = sample_scene(np.random.default_rng((seed, subject)))
    maps = renderer.prepare(sample_identity(seed, subject), scene, size=size)
    intensity = np.zeros((1 + 2 * len(aus), len(combination.RENDERED_AUS)), np.float32)
    jitter = np.zeros((len(intensity), 4), np.float32)
    for row, au in enumerate(aus, start=1):
        intensity[row, combination.RENDERED_AUS.index(au)] = 1.0
        jitter[row + len(aus)] = _alignment_of(maps, intensity[row])
    frames = jax.tree.map(
        lambda leaf: jnp.broadcast_to(leaf, (len(intensity), *leaf.shape)),
        renderer.neutral_frame(),
    )
    frames = dataclasses.replace(
        frames, intensity=jnp.asarray(intensity), jitter=jnp.asarray(jitter)
    )
    faces = renderer.render_frames(maps, frames, size)
    return RenderedUnits(faces[0], faces[1 : 1 + len(aus)], faces[1 + len(aus) :])


def _alignment_of(maps: FaceMaps, intensity: np.ndarray) -> np.ndarray:
    """Return the jitter that aligns the neutral face as an active one is aligned, `[4]`."""
    identity = maps.identity
    activation = combination.activations(
        jnp.asarray(intensity), identity.gain, identity.asymmetry
    ).reshape(-1)
    rest = maps.landmarks[:, :2]
    moved = rest + (activation @ maps.landmark_fields).reshape(-1, 2)
    forwards, goals = [], []
    for points in (rest, moved):
        seen = pose.project(points, maps.landmarks[:, 2], jnp.zeros(2))
        back = pose.undo_alignment(seen, jnp.zeros(4))
        forwards.append(1 / complex(back.real, back.imaginary))
        goals.append(complex(*back.goal))
    turn = forwards[1] / forwards[0]
    shift = forwards[1] * (goals[0] - goals[1])
    return np.array([shift.real, shift.imag, np.log(abs(turn)), np.angle(turn)])
