"""The renderer: a pure function from a subject, a recording's light and a frame to a picture."""

import dataclasses
import functools

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.synthetic.expression import combination
from au_jax.synthetic.primitives import canonical
from au_jax.synthetic.rendering import camera, hand, layers, pose
from au_jax.synthetic.rendering.face_maps import FaceMaps, build
from au_jax.synthetic.rendering.scene import Scene
from au_jax.synthetic.rendering.warp import positions_on_face
from au_jax.synthetic.subject.identity import Identity

_JAW = combination.RENDERED_AUS.index(26)


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Frame:
    """What changes from frame to frame; float32 arrays, with a leading axis when batched.

    Attributes:
        intensity: `[19]`, of `combination.RENDERED_AUS`, 0 absent to 1 full.
        gaze: `[2]`, offset of the irises to the right and down, canonical units.
        turn: `[2]`, yaw and pitch in radians.
        jitter: `[4]`, error of the alignment: shift right and down, log of scale, rotation.
        hand: `[5]`, see `hand.cover`; `hand.ABSENT` for none.
        exposure: `[]`, gain relative to the recording's.
        blur: `[]`, share of the picture replaced by its blurred copy.
        noise_seed: uint32 `[]`.
    """

    intensity: jax.Array
    gaze: jax.Array
    turn: jax.Array
    jitter: jax.Array
    hand: jax.Array
    exposure: jax.Array
    blur: jax.Array
    noise_seed: jax.Array


def neutral_frame() -> Frame:
    """Return a frame with nothing on the face, straight into the camera."""
    return Frame(
        intensity=jnp.zeros(len(combination.RENDERED_AUS)),
        gaze=jnp.zeros(2),
        turn=jnp.zeros(2),
        jitter=jnp.zeros(4),
        hand=jnp.asarray(hand.ABSENT),
        exposure=jnp.ones(()),
        blur=jnp.zeros(()),
        noise_seed=jnp.zeros((), jnp.uint32),
    )


def render(identity: Identity, scene: Scene, frame: Frame, size: int) -> jax.Array:
    """Render one face.

    Where many frames of a subject are wanted, build the maps once and `vmap` `render_frame`.

    Args:
        identity: who.
        scene: light, background and camera.
        frame: expression, gaze, pose and what else changes from frame to frame.
        size: pixels along a side; static under `jit`.

    Returns:
        float32 `[size, size, 3]` in [0, 1].
    """
    return render_frame(build(identity, scene, size), frame, size)


def render_frame(maps: FaceMaps, frame: Frame, size: int) -> jax.Array:
    """Render one frame of a subject.

    Args:
        maps: the subject, from `face_maps.build` with the same `size`.
        frame: what changes from frame to frame.
        size: pixels along a side; static under `jit`.

    Returns:
        float32 `[size, size, 3]` in [0, 1].
    """
    identity = maps.identity
    activation = combination.activations(frame.intensity, identity.gain, identity.asymmetry)
    coefficients = activation.reshape(-1)
    alignment = _alignment(maps, coefficients, frame)
    upper, lower = positions_on_face(maps, coefficients, alignment, frame.turn, size)
    above = canonical.bilinear(maps.above, canonical.to_texels(upper, size))[..., 0]
    below = canonical.bilinear(maps.below, canonical.to_texels(lower, size))[..., 0]
    position = jnp.where((above > below)[..., None], upper, lower)
    view = pose.apply(alignment, jnp.asarray(canonical.picture_points(size)))
    jaw = jnp.mean(activation[_JAW])
    half = size // 2  # eyes lie in the upper half of the picture, the mouth in the lower
    picture = layers.Layers(
        background=layers.draw_background(maps, view, size),
        openings=jnp.concatenate(
            [
                layers.draw_eyes(
                    maps, view[:half], above[:half], below[:half], frame.gaze, frame.turn
                ),
                layers.draw_mouth(maps, view[half:], above[half:], below[half:], jaw, frame.turn),
            ]
        ),
        skin=layers.draw_skin(maps, coefficients, position, frame.turn, size),
        on_skin=layers.cover_of_skin(above, below, size),
        glasses=layers.draw_glasses(maps, view, frame.turn),
        hand=layers.draw_hand(maps, frame.hand, size),
    )
    # One colour after the other: what is alike for all colours is computed once.
    radiance = jax.lax.map(lambda channel: layers.compose(maps, picture, channel), jnp.arange(3))
    return camera.develop(radiance, maps.scene, frame.exposure, frame.blur, frame.noise_seed)


def render_frames(maps: FaceMaps, frames: Frame, size: int) -> np.ndarray:
    """Render any number of frames of a subject, a few at a time.

    Args:
        maps: the subject, from `prepare` with the same `size`.
        frames: a batched `Frame`, leading axis `[frames]`.
        size: pixels along a side.

    Returns:
        uint8 `[frames, size, size, 3]`.
    """
    count, step = len(frames.intensity), frames_at_a_time(size)
    frames = jax.tree.map(np.asarray, frames)
    pictures = []
    for start in range(0, count, step):
        # The last batch is filled up with its last frame: one shape, one compilation.
        rows = np.minimum(np.arange(start, start + step), count - 1)
        batch = jax.tree.map(lambda leaf, rows=rows: leaf[rows], frames)
        pictures.append(np.asarray(_render_batch(maps, batch, size))[: count - start])
    return np.concatenate(pictures)


def frames_at_a_time(size: int) -> int:
    """Return how many frames are rendered in one call: few on a CPU, to stay in its cache."""
    pixels = 80_000 if jax.default_backend() == "cpu" else 10_000_000
    return max(1, pixels // size**2)


prepare = jax.jit(build, static_argnames="size")
"""Compiled `face_maps.build`."""


@functools.partial(jax.jit, static_argnames="size")
def _render_batch(maps: FaceMaps, frames: Frame, size: int) -> jax.Array:
    pictures = jax.vmap(lambda frame: render_frame(maps, frame, size))(frames)
    return jnp.rint(255.0 * pictures).astype(jnp.uint8)


def _alignment(maps: FaceMaps, coefficients: jax.Array, frame: Frame) -> pose.Similarity:
    moved = maps.landmarks[:, :2] + (coefficients @ maps.landmark_fields).reshape(-1, 2)
    return pose.undo_alignment(pose.project(moved, maps.landmarks[:, 2], frame.turn), frame.jitter)
