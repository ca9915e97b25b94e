"""From the intensities of action units to what each side of a subject's face does."""

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.synthetic.expression import lower_face, upper_face

RENDERED_AUS: tuple[int, ...] = (
    1,
    2,
    4,
    5,
    6,
    7,
    9,
    10,
    12,
    14,
    15,
    17,
    18,
    20,
    23,
    24,
    25,
    26,
    45,
)
"""Action units that the renderer shows, in the order of its intensities."""

BUMPS = tuple({**upper_face.BUMPS, **lower_face.BUMPS}[au] for au in RENDERED_AUS)
FURROWS = tuple({**upper_face.FURROWS, **lower_face.FURROWS}.get(au, ()) for au in RENDERED_AUS)

# How much of the unit in the first place is lost when the second is at full intensity: both use the
# same skin or the same opening, or one holds the other back.
_HELD_BACK = {
    (7, 6): 0.45,
    (6, 7): 0.10,
    (5, 7): 0.60,
    (5, 6): 0.40,
    (10, 12): 0.25,
    (10, 9): 0.40,
    (10, 24): 0.40,
    (15, 12): 0.30,
    (12, 15): 0.25,
    (17, 24): 0.20,
    (17, 26): 0.60,
    (23, 24): 0.50,
    (24, 23): 0.30,
    (24, 25): 0.30,
    (9, 4): 0.35,
    (18, 12): 0.60,
    (18, 14): 0.50,
    (20, 18): 0.80,
    (25, 24): 0.95,
    (25, 23): 0.40,
    (25, 17): 0.40,
    (26, 24): 0.60,
}
_FURTHEST = 1.45
_LOSS = np.zeros((len(RENDERED_AUS), len(RENDERED_AUS)), np.float32)
for (_weaker, _stronger), _share in _HELD_BACK.items():
    _LOSS[RENDERED_AUS.index(_weaker), RENDERED_AUS.index(_stronger)] = _share


def activations(intensity: jax.Array, gain: jax.Array, asymmetry: jax.Array) -> jax.Array:
    """Return how far each side of the face carries out each action unit.

    Args:
        intensity: `[19]`, of `RENDERED_AUS`, 0 absent to 1 full.
        gain: `[19]`, how strongly this subject shows each.
        asymmetry: `[19]`, left minus right, in [-1, 1].

    Returns:
        `[19, 2]`, left and right in the picture.
    """
    # A raised upper lip parts the lips once it is clearly up.
    part, raised = RENDERED_AUS.index(25), intensity[RENDERED_AUS.index(10)]
    intensity = intensity.at[part].add(0.75 * jnp.maximum(raised - 0.25, 0.0))
    kept = jnp.prod(1.0 - jnp.asarray(_LOSS) * jnp.clip(intensity, 0.0, 1.0)[None], axis=1)
    sides = 1.0 + asymmetry[:, None] * jnp.array([[1.0, -1.0]])
    # Skin gives way only so far, whatever gain and asymmetry ask for.
    return jnp.minimum((intensity * kept * gain)[:, None] * sides, _FURTHEST)
