"""Who a synthetic subject is: proportions, skin, hair, and how expressions show on the face."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.synthetic.expression.combination import FURROWS, RENDERED_AUS
from au_jax.synthetic.subject import proportions

_STREAM = 100
_Value = float | np.ndarray
NUM_FURROWS = 2 * sum(len(table) for table in FURROWS)


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Identity:
    """Everything about a subject that stays the same in all recordings.

    Scalars are float32 arrays of shape `[]`; colours are linear RGB `[3]`.

    Attributes:
        key: random key of the subject's skin texture.
        shape: `[27]`, the proportions of `proportions.NAMES` in standard deviations.
        eye_width, upper_lid, lower_lid: half-width of the opening as a factor; heights of its arcs.
        crease: height of the fold above the upper lid; below about 3 it hides (single lid).
        bags: fullness below the eyes.
        upper_lip, lower_lip, cupid: thickness of the red parts, depth of the cupid's bow.
        melanin, undertone, redness: skin tone from fair 0 to deep 1, yellow to rosy, flush.
        mottle, freckles, moles, pores, gloss: texture of the skin.
        mole_centres: `[5, 2]`, on the mean face.
        age: 0 young to 1 old, depth of resting wrinkles.
        nasolabial: depth of the resting nasolabial fold.
        lip_colour: how much the lips differ from the skin.
        hair, brow, iris: colours.
        hairline, hair_length, hair_noise: forehead hairline, hair beside the face, waviness.
        brow_thickness, brow_density: eyebrows.
        stubble, beard, moustache: facial hair, 0 none to 1 dense.
        glasses: 0 none, 1 worn; glasses_size, glasses_round, glasses_colour describe them.
        gain: `[19]`, how strongly each of `RENDERED_AUS` shows.
        asymmetry: `[19]`, left minus right, in [-1, 1].
        wrinkling: how deep this subject's expression furrows are.
        furrow_variation: `[NUM_FURROWS, 9]`, standard normal deviations from the drawn furrows.
    """

    key: jax.Array
    shape: jax.Array
    eye_width: jax.Array
    upper_lid: jax.Array
    lower_lid: jax.Array
    crease: jax.Array
    bags: jax.Array
    upper_lip: jax.Array
    lower_lip: jax.Array
    cupid: jax.Array
    melanin: jax.Array
    undertone: jax.Array
    redness: jax.Array
    mottle: jax.Array
    freckles: jax.Array
    moles: jax.Array
    mole_centres: jax.Array
    pores: jax.Array
    gloss: jax.Array
    age: jax.Array
    nasolabial: jax.Array
    lip_colour: jax.Array
    hair: jax.Array
    brow: jax.Array
    iris: jax.Array
    hairline: jax.Array
    hair_length: jax.Array
    hair_noise: jax.Array
    brow_thickness: jax.Array
    brow_density: jax.Array
    stubble: jax.Array
    beard: jax.Array
    moustache: jax.Array
    glasses: jax.Array
    glasses_size: jax.Array
    glasses_round: jax.Array
    glasses_colour: jax.Array
    gain: jax.Array
    asymmetry: jax.Array
    wrinkling: jax.Array
    furrow_variation: jax.Array


# Linear RGB of hair from black to grey, with how often it occurs on fair and on deep skin.
_HAIR = (
    (0.008, 0.007, 0.007),
    (0.030, 0.018, 0.011),
    (0.085, 0.045, 0.022),
    (0.25, 0.16, 0.075),
    (0.20, 0.07, 0.025),
    (0.28, 0.27, 0.26),
)
_HAIR_FAIR = (0.14, 0.30, 0.26, 0.16, 0.07, 0.07)
_HAIR_DEEP = (0.72, 0.20, 0.03, 0.003, 0.002, 0.05)
_FAIREST_BROW = np.array([0.075, 0.055, 0.042], np.float32)
# Linear RGB of irises: brown, dark brown, hazel, green, blue, grey.
_IRIS = (
    (0.075, 0.032, 0.012),
    (0.025, 0.012, 0.007),
    (0.12, 0.075, 0.025),
    (0.11, 0.13, 0.06),
    (0.10, 0.17, 0.26),
    (0.15, 0.17, 0.19),
)
_IRIS_FAIR = (0.30, 0.10, 0.17, 0.11, 0.24, 0.08)
_IRIS_DEEP = (0.42, 0.55, 0.02, 0.005, 0.003, 0.002)


def sample_identity(seed: int, subject: int) -> Identity:
    """Draw a subject. The same (seed, subject) is the same person in every recording."""
    generator = np.random.default_rng((seed, subject, _STREAM))
    draw = _Draw(generator)
    melanin = min(1.0, 0.85 * draw.uniform(0, 1) ** 1.5 + draw.normal(0.04, 0.04, 0.0, 0.15))
    deep = float(1.0 / (1.0 + np.exp(-(melanin - 0.42) / 0.06)))
    masculine, age = draw.chance(0.5), draw.uniform(0, 1) ** 1.3
    values = {
        **_features(draw, masculine, age, deep),
        **_complexion(draw, melanin, masculine, age, deep),
        **_hair(draw, masculine, age, deep),
        **_expressiveness(draw, age),
    }
    arrays = {name: jnp.asarray(value, jnp.float32) for name, value in values.items()}
    return Identity(**arrays, key=jax.random.key(generator.integers(2**31)))


class _Draw:
    """Draws numbers from one generator."""

    def __init__(self, generator: np.random.Generator) -> None:
        self.generator = generator

    def normal(self, mean: float, spread: float, low: float, high: float) -> float:
        """Return a normal value, clipped."""
        return float(np.clip(self.generator.normal(mean, spread), low, high))

    def normals(self, spread: float, limit: float, *shape: int) -> np.ndarray:
        """Return normal values around zero, clipped at ±limit."""
        return np.clip(self.generator.normal(0.0, spread, shape), -limit, limit)

    def uniform(self, low: float, high: float) -> float:
        """Return a uniform value."""
        return float(self.generator.uniform(low, high))

    def chance(self, probability: float) -> float:
        """Return 1 with this probability, else 0."""
        return float(self.generator.random() < probability)


def _features(draw: _Draw, masculine: float, age: float, deep: float) -> dict[str, _Value]:
    typical = np.array([proportions.MASCULINE.get(name, 0.0) for name in proportions.NAMES])
    return {
        "shape": draw.normals(1.0, 2.2, len(proportions.NAMES)) + (masculine - 0.5) * typical,
        "eye_width": draw.normal(1.0, 0.045, 0.9, 1.1),
        "upper_lid": draw.normal(7.5, 0.9, 5.6, 9.6),
        "lower_lid": draw.normal(2.9, 0.45, 1.9, 4.0),
        "crease": draw.normal(5.0, 1.6, 1.5, 8.5),
        "bags": draw.uniform(0, 1) * (0.4 + 0.6 * age),
        "upper_lip": draw.normal(9.2, 1.8, 5.0, 13.5) + 1.5 * deep,
        "lower_lip": draw.normal(11.0, 1.7, 7.0, 15.0) + 1.5 * deep,
        "cupid": draw.normal(1.8, 0.6, 0.5, 3.2),
    }


def _complexion(
    draw: _Draw, melanin: float, masculine: float, age: float, deep: float
) -> dict[str, _Value]:
    iris = draw.generator.choice(len(_IRIS), p=_mixed(_IRIS_FAIR, _IRIS_DEEP, deep))
    return {
        "melanin": melanin,
        "undertone": draw.normal(0.0, 1.0, -2.0, 2.0),
        "redness": draw.uniform(0.1, 1.0) * (1.0 - 0.6 * deep),
        "mottle": draw.uniform(0.4, 1.2),
        "freckles": draw.chance(0.2) * (1.0 - deep) * draw.uniform(0.2, 0.8),
        "moles": draw.uniform(0, 1),
        "mole_centres": draw.generator.uniform((22.0, 0.0), (178.0, 190.0), (5, 2)),
        "pores": draw.uniform(0.4, 1.2),
        "gloss": draw.uniform(0.35, 1.0),
        "age": age,
        "nasolabial": draw.uniform(0.15, 0.6) + 0.5 * age,
        "lip_colour": draw.uniform(0.25, 1.0) * (1.0 - 0.35 * masculine),
        "iris": np.array(_IRIS[iris]) * draw.uniform(0.7, 1.3),
    }


def _hair(draw: _Draw, masculine: float, age: float, deep: float) -> dict[str, _Value]:
    odds = _mixed(_HAIR_FAIR, _HAIR_DEEP, deep)
    odds[-1] *= np.exp(2.5 * (age - 0.6))  # grey comes with age
    colour = np.array(_HAIR[draw.generator.choice(len(_HAIR), p=odds / odds.sum())])
    colour = colour * draw.uniform(0.7, 1.3)
    brow = np.minimum(colour * draw.uniform(0.45, 0.8), (1.0 - 0.85 * deep) * _FAIREST_BROW)
    bearded = masculine * draw.chance(0.22)
    return {
        "hair": colour,
        "brow": brow + 0.004,
        "hairline": draw.normal(-24.0, 10.0, -45.0, 8.0) + 22.0 * draw.chance(0.12),
        "hair_length": draw.chance(0.08 if masculine else 0.6) * draw.uniform(0.3, 1.0),
        "hair_noise": draw.uniform(0.2, 1.0),
        "brow_thickness": draw.normal(1.0, 0.2, 0.55, 1.5) + 0.15 * masculine,
        "brow_density": draw.uniform(0.68, 1.0),
        "stubble": masculine * max(draw.uniform(-0.35, 0.9), 0.5 * bearded),
        "beard": bearded * draw.uniform(0.6, 1.0),
        "moustache": max(bearded, masculine * draw.chance(0.07)) * draw.uniform(0.5, 1.0),
        "glasses": draw.chance(0.14),
        "glasses_size": draw.uniform(0.85, 1.15),
        "glasses_round": draw.uniform(0, 1),
        "glasses_colour": np.full(3, 0.015 if draw.chance(0.7) else 0.12),
    }


def _expressiveness(draw: _Draw, age: float) -> dict[str, _Value]:
    units = len(RENDERED_AUS)
    return {
        "gain": np.exp(draw.normals(0.22, 0.45, units)),
        "asymmetry": draw.normals(0.14, 0.45, units),
        "wrinkling": (0.6 + 0.45 * age) * draw.normal(1.0, 0.15, 0.65, 1.3),
        "furrow_variation": draw.normals(1.0, 2.0, NUM_FURROWS, 9),
    }


def _mixed(fair: tuple[float, ...], deep: tuple[float, ...], share: float) -> np.ndarray:
    """Return odds between those of fair and of deep skin, normalised."""
    odds = np.array(fair) ** (1.0 - share) * np.array(deep) ** share
    return odds / odds.sum()
