"""A hand in front of the face.

A hand is a union of capsules: palm, forearm, thumb and four fingers. The same distances draw it and
tell which parts of the face it hides.
"""

import jax
import jax.numpy as jnp
import numpy as np

# Start, end, radius of each capsule in units of the hand: x along the fingers, y across.
_CAPSULES = np.array(
    [
        (-12.0, -8.0, 12.0, -9.0, 12.5),
        (-12.0, 8.0, 12.0, 8.0, 12.5),
        (-14.0, 0.0, -130.0, 0.0, 15.5),
        (20.0, -15.0, 54.0, -19.0, 5.6),
        (22.0, -5.2, 63.0, -6.0, 5.9),
        (22.0, 5.0, 59.0, 6.5, 5.7),
        (18.0, 14.5, 46.0, 19.0, 5.0),
        (-10.0, -14.0, 22.0, -33.0, 6.8),
    ],
    np.float32,
)
ABSENT = np.array([-600.0, 0.0, 0.0, 1.0, 1.0], np.float32)
"""A hand that is nowhere near the face: x, y, angle, size, handedness."""


def cover(points: jax.Array, hand: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Return how far points lie outside a hand, and which way its surface faces there.

    Args:
        points: `[..., 2]` in the picture, canonical units.
        hand: `[5]`, position of the palm, direction of the fingers in radians, size, handedness
            (1 or -1).

    Returns:
        Distance, negative inside; change of the surface's depth to the right and down; all `[...]`.
    """
    cosine, sine = jnp.cos(hand[2]), jnp.sin(hand[2])
    x = (points[..., 0] - hand[0]) / hand[3]
    y = (points[..., 1] - hand[1]) / hand[3]
    along, across = x * cosine + y * sine, hand[4] * (y * cosine - x * sine)
    capsules = jnp.asarray(_CAPSULES)

    def add_capsule(
        number: jax.Array, nearest: tuple[jax.Array, jax.Array, jax.Array]
    ) -> tuple[jax.Array, jax.Array, jax.Array]:
        start_x, start_y, end_x, end_y, radius = capsules[number]
        axis_x, axis_y = end_x - start_x, end_y - start_y
        position = (along - start_x) * axis_x + (across - start_y) * axis_y
        position = jnp.clip(position / (axis_x**2 + axis_y**2), 0.0, 1.0)
        off_x = along - start_x - position * axis_x
        off_y = across - start_y - position * axis_y
        beyond = jnp.sqrt(off_x**2 + off_y**2 + 1e-6) - radius
        nearer = beyond < nearest[0]
        return (
            jnp.where(nearer, beyond, nearest[0]),
            jnp.where(nearer, off_x / radius, nearest[1]),
            jnp.where(nearer, off_y / radius, nearest[2]),
        )

    far = jnp.full(x.shape, 1e6, jnp.float32)
    start = (far, jnp.zeros_like(far), jnp.zeros_like(far))
    distance, off_x, off_y = jax.lax.fori_loop(0, len(_CAPSULES), add_capsule, start)
    off_y = hand[4] * off_y
    right, down = off_x * cosine - off_y * sine, off_x * sine + off_y * cosine
    # A capsule is round: its surface falls ever faster towards the edge.
    steep = -jax.lax.rsqrt(jnp.maximum(1.0 - right**2 - down**2, 0.06))
    return distance * hand[3], right * steep, down * steep
