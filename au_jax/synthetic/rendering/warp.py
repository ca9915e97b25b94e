"""Which point of the face each pixel shows."""

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.faces.mean_shape import FACE_SIZE
from au_jax.synthetic.primitives import canonical
from au_jax.synthetic.rendering import pose
from au_jax.synthetic.rendering.face_maps import FaceMaps

_STEPS = 9
# Below 1, so that the inversion also converges where skin is stretched to double its length.
_PACE = 0.8


def positions_on_face(
    maps: FaceMaps, coefficients: jax.Array, alignment: pose.Similarity, turn: jax.Array, size: int
) -> tuple[jax.Array, jax.Array]:
    """Invert pose and expression.

    Skin above an opening (upper lids, upper lip) and below it moves differently; each pixel has a
    position on either. Displacements are smooth, so they are inverted on a coarse grid, by damped
    fixed-point iteration.

    Args:
        maps: the subject.
        coefficients: `[fields]`, how far each field is carried out.
        alignment: from the aligned picture to the unaligned view.
        turn: `[2]`, yaw and pitch in radians.
        size: pixels along a side.

    Returns:
        Two arrays `[size, size, 2]` in canonical units, for what lies above the openings and for
        what lies below.
    """
    nodes = np.arange(-4.0, FACE_SIZE + 4.1, canonical.COARSE_STEP).astype(np.float32)
    view = pose.apply(alignment, jnp.asarray(np.stack(np.meshgrid(nodes, nodes), axis=-1)))
    grid = canonical.COARSE_EXTENT
    points = jnp.asarray(canonical.coarse_points()).reshape(grid, grid, 2)
    turned = pose.project(points, maps.depth, turn) - points
    moved = (coefficients @ maps.displacement).reshape(2, grid, grid, 2) + turned[None]

    def refine(_: int, position: jax.Array) -> jax.Array:
        at = (position + canonical.MARGIN) / canonical.COARSE_STEP
        error = view[None] - position - jax.vmap(canonical.bilinear)(moved, at)
        return position + _PACE * error

    start = jnp.broadcast_to(view, (2, *view.shape))
    coarse = jax.lax.fori_loop(0, _STEPS, refine, start)
    weights = jnp.asarray(canonical.interpolation(nodes, canonical.picture_axis(size)))
    fine = jnp.einsum("yi,lijc,xj->lyxc", weights, coarse, weights)
    return fine[0], fine[1]
