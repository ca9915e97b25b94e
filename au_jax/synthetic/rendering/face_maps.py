"""A subject under the light of one recording, drawn once, so that frames are cheap.

The maps hold what all frames share: textures, and for every field of `action_fields` what it adds.
A frame is then a weighted sum of fields, one inverse warp and one look-up per pixel.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.faces.mean_shape import MEAN_SHAPE, STABLE_POINTS
from au_jax.synthetic.primitives import bumps
from au_jax.synthetic.primitives.canonical import (
    COARSE_EXTENT,
    COARSE_STEP,
    EXTENT,
    MARGIN,
    bilinear,
    coarse_points,
    fine_points,
    interpolation,
    map_extent,
    reduce_to_map,
)
from au_jax.synthetic.rendering import light
from au_jax.synthetic.rendering.scene import Scene, backdrop
from au_jax.synthetic.subject import action_fields, eyes, head, mouth, portrait, proportions
from au_jax.synthetic.subject.identity import Identity

_PROPORTIONS = bumps.mirrored(tuple(proportions.PROPORTIONS.values()), separate_sides=False)


class FaceMaps(NamedTuple):
    """A subject ready for rendering at one size; `n` texels and `c` coarse nodes along a side.

    Attributes:
        texture: red, green, blue, cover, gloss, shadow, openness; `[n, n, 7]`.
        above, below: distance beyond the margins of upper and lower lids and lips `[n, n, 1]`.
        surface: slopes, blood and grooves of the face at rest, then what each field adds to them;
            `[1 + fields, n * n * 4]`.
        displacement: what each field moves, for what lies above the openings of eyes and mouth and
            for what lies below; `[fields, 2 * c * c * 2]`.
        depth: of the face at rest `[c, c]`.
        landmarks: position and depth of the landmarks used in alignment `[49, 3]`.
        landmark_fields: `[fields, 49 * 2]`.
        eyes: position and depth of the eyes `[2, 3]`.
        mouth: position and depth of the teeth `[3]`.
        background: linear RGB `[n, n, 3]`.
        identity: the subject.
        scene: the recording.
    """

    texture: jax.Array
    above: jax.Array
    below: jax.Array
    surface: jax.Array
    displacement: jax.Array
    depth: jax.Array
    landmarks: jax.Array
    landmark_fields: jax.Array
    eyes: jax.Array
    mouth: jax.Array
    background: jax.Array
    identity: Identity
    scene: Scene


def build(identity: Identity, scene: Scene, size: int) -> FaceMaps:
    """Draw a subject.

    Args:
        identity: who.
        scene: under which light and before which background.
        size: pixels along a side of the pictures to come; static under `jit`.
    """
    on_coarse = _mean_positions(jnp.asarray(coarse_points()), identity)
    on_fine = _refined(on_coarse, identity)
    paint = portrait.paint(on_fine, identity)
    relief = action_fields.relief(on_fine, identity)
    depth = head.depth(on_fine, identity) + _own_depth(on_fine, identity) + relief.resting_height
    surface = depth.reshape(EXTENT, EXTENT)
    open_sky = light.openness(surface).ravel() * jnp.exp(-0.16 * relief.resting_groove)
    shadow = light.sunlit(surface, scene.light).ravel()
    nothing = jnp.zeros_like(depth)
    resting = jnp.stack([*_slopes(depth + paint.relief), nothing, nothing])
    texture = jnp.stack([*paint.albedo.T, paint.cover, paint.gloss, shadow, open_sky])
    added = jnp.stack([*_slopes(relief.height), relief.blood, relief.groove], axis=1)
    surface_fields = reduce_to_map(jnp.concatenate([resting[None], added]), size)
    landmarks, eye_centres, teeth = _anchors(identity, surface)
    texels = map_extent(size)
    above, below = _margins(on_fine, identity)
    return FaceMaps(
        texture=_as_picture(texture, size),
        above=_as_picture(above[None], size),
        below=_as_picture(below[None], size),
        surface=jnp.moveaxis(surface_fields, 1, 2).reshape(-1, texels * texels * 4),
        displacement=jnp.stack(
            [
                action_fields.displacement(on_coarse, identity, parts)
                for parts in (action_fields.UPPER_PARTS, action_fields.LOWER_PARTS)
            ],
            axis=1,
        ).reshape(action_fields.NUM_FIELDS, -1),
        depth=_coarse(surface),
        landmarks=landmarks,
        landmark_fields=action_fields.landmark_displacement(identity).reshape(
            action_fields.NUM_FIELDS, -1
        ),
        eyes=eye_centres,
        mouth=teeth,
        background=_as_picture(backdrop(scene).T, size),
        identity=identity,
        scene=scene,
    )


def _warp(points: jax.Array, identity: Identity) -> jax.Array:
    """Return how far `points` `[p, 2]` of the mean face are moved on this subject's face."""
    weights = bumps.profiles(_PROPORTIONS, points) * identity.shape[_PROPORTIONS.owner][:, None]
    return weights.T @ jnp.asarray(_PROPORTIONS.effect[:, :2])


def _own_depth(points: jax.Array, identity: Identity) -> jax.Array:
    """Return by how much this subject's face stands out from the mean face, `[p]`."""
    weights = bumps.profiles(_PROPORTIONS, points) * identity.shape[_PROPORTIONS.owner][:, None]
    return jnp.asarray(_PROPORTIONS.effect[:, 2]) @ weights


def _mean_positions(points: jax.Array, identity: Identity) -> jax.Array:
    """Return which point of the mean face lies at each of `points` `[p, 2]` of the subject."""
    return jax.lax.fori_loop(0, 6, lambda _, mean: points - _warp(mean, identity), points)


def _refined(on_coarse: jax.Array, identity: Identity) -> jax.Array:
    """Return mean positions for all fine points `[EXTENT ** 2, 2]` from those of coarse nodes."""
    nodes = -MARGIN + COARSE_STEP * np.arange(COARSE_EXTENT)
    weights = jnp.asarray(interpolation(nodes, -MARGIN + np.arange(EXTENT)))
    grid = on_coarse.reshape(COARSE_EXTENT, COARSE_EXTENT, 2)
    start = jnp.einsum("yi,ijc,xj->yxc", weights, grid, weights).reshape(-1, 2)
    points = jnp.asarray(fine_points())
    return jax.lax.fori_loop(0, 2, lambda _, mean: points - _warp(mean, identity), start)


def _margins(points: jax.Array, identity: Identity) -> tuple[jax.Array, jax.Array]:
    """Return the distance beyond the margins of the nearest opening, from above and from below.

    The lids rule the upper half of the face and the lips the lower. Between the two, all is skin,
    and the distances pass from one to the other without becoming negative together.
    """
    down = points[:, 1]
    lid_above, lid_below = eyes.beyond_margins(points, identity)
    lip_above, lip_below = mouth.beyond_seam(points, identity)
    above = jnp.maximum(lid_above, jnp.minimum(lip_above, down - 85.0))
    below = jnp.minimum(lid_below, jnp.maximum(lip_below, 115.0 - down))
    return above, below


def _slopes(height: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Return the change to the right and down of heights `[..., EXTENT * EXTENT]`."""
    grid = height.reshape(*height.shape[:-1], EXTENT, EXTENT)
    right = 0.5 * (jnp.roll(grid, -1, axis=-1) - jnp.roll(grid, 1, axis=-1))
    down = 0.5 * (jnp.roll(grid, -1, axis=-2) - jnp.roll(grid, 1, axis=-2))
    return right.reshape(height.shape), down.reshape(height.shape)


def _as_picture(channels: jax.Array, size: int) -> jax.Array:
    """Reduce `[channels, EXTENT * EXTENT]` to a map `[n, n, channels]`."""
    texels = map_extent(size)
    return reduce_to_map(channels, size).T.reshape(texels, texels, -1)


def _coarse(surface: jax.Array) -> jax.Array:
    """Return a fine field `[EXTENT, EXTENT]` at the coarse nodes."""
    step = int(COARSE_STEP)
    padded = jnp.pad(surface, ((0, 1), (0, 1)), mode="edge")
    return padded[::step, ::step][:COARSE_EXTENT, :COARSE_EXTENT]


def _anchors(identity: Identity, surface: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Return position and depth of landmarks `[49, 3]`, eyes `[2, 3]` and teeth `[3]`."""
    mean = jnp.concatenate(
        [
            jnp.asarray(MEAN_SHAPE[STABLE_POINTS], jnp.float32),
            jnp.array([[100.0 - eyes.CENTRE_SIDE, eyes.CENTRE_Y]]),
            jnp.array([[100.0 + eyes.CENTRE_SIDE, eyes.CENTRE_Y]]),
            jnp.array([[100.0, mouth.SEAM_Y]]),
        ]
    )
    own = mean + _warp(mean, identity)
    depth = bilinear(surface[..., None], own + MARGIN)
    placed = jnp.concatenate([own, depth], axis=1)
    return placed[:-3], placed[-3:-1], placed[-1] - jnp.array([0.0, 0.0, 8.0])
