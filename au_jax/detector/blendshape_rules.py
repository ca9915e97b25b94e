"""Action units from MediaPipe's blendshapes by fixed rules: for whoever has no labels at all.

Nothing here was trained on FACS codes, nor checked against them. A rule takes the blendshape that
names the same movement; what blendshapes do not tell apart (AU6 and AU7, AU23 and AU28, AU43 and
AU45), the rules do not either, and AUs whose blendshape hardly ever leaves 0 have none (AU5, AU9).
"""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import ClassVar

import numpy as np

from au_jax.detector.block import Block, FaceFrames, Outputs
from au_jax.detector.columns import WithoutArrays
from au_jax.detector.computed_features import ComputedFeatures
from au_jax.faces.blendshapes import BLENDSHAPES
from au_jax.settings import FeatureKind


@dataclasses.dataclass(frozen=True)
class Rule:
    """An AU is present where the mean of blendshapes is above a threshold.

    Attributes:
        blendshapes: their names, without the side of those that have two.
        threshold: about half of what a clear expression reaches.
    """

    blendshapes: tuple[str, ...]
    threshold: float

    def mean(self, coefficients: np.ndarray) -> np.ndarray:
        """Return the mean over blendshapes and sides `[face]` of coefficients `[face, 51]`."""
        chosen = [
            column
            for column, name in enumerate(BLENDSHAPES)
            if name.removesuffix("Left").removesuffix("Right") in self.blendshapes
        ]
        return coefficients[:, chosen].mean(axis=1)


RULES: dict[int, Rule] = {
    1: Rule(("browInnerUp",), 0.3),
    2: Rule(("browOuterUp",), 0.3),
    4: Rule(("browDown",), 0.3),
    6: Rule(("eyeSquint",), 0.5),
    7: Rule(("eyeSquint",), 0.4),
    10: Rule(("mouthUpperUp",), 0.3),
    12: Rule(("mouthSmile",), 0.4),
    14: Rule(("mouthDimple",), 0.2),
    15: Rule(("mouthFrown",), 0.2),
    16: Rule(("mouthLowerDown",), 0.3),
    17: Rule(("mouthShrugLower",), 0.4),
    18: Rule(("mouthPucker",), 0.5),
    20: Rule(("mouthStretch",), 0.3),
    22: Rule(("mouthFunnel",), 0.3),
    23: Rule(("mouthRollLower", "mouthRollUpper"), 0.3),
    24: Rule(("mouthPress",), 0.3),
    26: Rule(("jawOpen",), 0.2),
    28: Rule(("mouthRollLower", "mouthRollUpper"), 0.5),
    43: Rule(("eyeBlink",), 0.5),
    45: Rule(("eyeBlink",), 0.5),
}
"""By action unit."""

_STEEPNESS = 10.0
"""Scores are so many times the distance from the threshold, so that a logistic curve of them looks
like a probability; it is none."""


@dataclasses.dataclass(frozen=True)
class BlendshapeRules(WithoutArrays):
    """The rules of some action units; scores of AUs without a rule are −1: absent.

    Attributes:
        aus: the action units.
    """

    KIND: ClassVar[str] = "blendshape_rules"

    aus: Sequence[int]

    def outputs(
        self, frames: FaceFrames, rows: np.ndarray, inputs: Sequence[Outputs]
    ) -> Iterator[Outputs]:
        """Yield the scores of all rows at once."""
        del frames, rows
        (found,) = inputs
        coefficients = np.asarray(found.known_features(), np.float32)
        absent = np.full(len(coefficients), -1, np.float32)
        columns = [
            _STEEPNESS * (rule.mean(coefficients) - rule.threshold) if rule else absent
            for rule in map(RULES.get, self.aus)
        ]
        yield Outputs(np.stack(columns, axis=1))


def rules_block(aus: Sequence[int]) -> Block:
    """Return the rules of action units, from faces on."""
    features = Block(ComputedFeatures(FeatureKind.BLENDSHAPES))
    return Block(BlendshapeRules(tuple(aus)), (features,))
