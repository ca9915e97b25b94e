"""What each kind of model does to arrays that are traced, and the parameters that it takes."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import NamedTuple, cast

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.detector.block import Model
from au_jax.detector.cnn import CnnModel
from au_jax.detector.columns import ColumnsModel, ConstantModel
from au_jax.detector.ensemble import EnsembleModel
from au_jax.detector.fusion import FusionModel, MeanModel
from au_jax.detector.jpml import JpmlModel
from au_jax.detector.linear import LinearModel
from au_jax.detector.lstm import LstmModel
from au_jax.exporting.precision import product, rounded
from au_jax.models.inference import cnn_forward, fusion_logits, unrolled
from au_jax.models.normalisation import l2_normalise
from au_jax.system.pytree import PyTree


class Frames(NamedTuple):
    """What a program sees of consecutive frames of one recording.

    Attributes:
        faces: uint8 `[frame, height, width, channel]`.
        landmarks: float32 `[frame, 49, 2]`, NaN where not found; None where no step takes them.
    """

    faces: jax.Array
    landmarks: jax.Array | None


class Traced(NamedTuple):
    """What a step says of the frames: `detector.block.Outputs` within a program.

    Attributes:
        scores: float32 `[frame, au]`; None for features alone.
        features: float32 `[frame, feature]`, rounded as they are stored; None if there are none.
    """

    scores: jax.Array | None = None
    features: jax.Array | None = None


Apply = Callable[[PyTree, Frames, Sequence[Traced], jax.Array], tuple[Traced, jax.Array]]
"""Takes parameters, frames, what the inputs say, and the state before the first frame `[size]`;
returns what the step says and the state after the last frame."""


@dataclasses.dataclass(frozen=True)
class Step:
    """A model as a pure function.

    Attributes:
        apply: the function.
        parameters: the arrays that it takes; not what only tells of the training.
        state_size: numbers that it hands on from frame to frame.
        takes_landmarks: whether it reads landmarks.
    """

    apply: Apply
    parameters: dict[str, PyTree] = dataclasses.field(default_factory=dict)
    state_size: int = 0
    takes_landmarks: bool = False


def cnn_step(model: CnnModel) -> Step:
    """Return the frame-wise network from stored faces on, as `models.inference` applies it."""

    def apply(
        parameters: PyTree, frames: Frames, inputs: Sequence[Traced], state: jax.Array
    ) -> tuple[Traced, jax.Array]:
        del inputs
        logits, features = cnn_forward(
            parameters["params"],
            parameters["mean_face"],
            frames.faces,
            network=model.network,
            face_input=model.face_input,
        )
        return Traced(logits, rounded(features, model.STORED_FEATURES)), state

    return Step(apply, model.arrays())


def lstm_step(model: LstmModel) -> Step:
    """Return the network over time; its state is hidden and cell state of each layer in turn."""
    network = model.network
    carry, structure = jax.tree.flatten(network.initial_carry(1))
    borders = np.cumsum([part.size for part in carry])

    def apply(
        parameters: PyTree, frames: Frames, inputs: Sequence[Traced], state: jax.Array
    ) -> tuple[Traced, jax.Array]:
        del frames
        (cnn,) = inputs
        parts = [
            piece[None].astype(like.dtype)
            for piece, like in zip(jnp.split(state, borders[:-1]), carry, strict=True)
        ]
        features = _projected(parameters["pca"], cast("jax.Array", cnn.features))
        (scores, hidden), after = unrolled(
            parameters["params"],
            features[None],
            jax.tree.unflatten(structure, parts),
            network=network,
        )
        after = jnp.concatenate([part[0].astype(jnp.float32) for part in jax.tree.leaves(after)])
        return Traced(scores[0], rounded(hidden[0], model.STORED_FEATURES)), after

    return Step(apply, model.arrays(), state_size=int(borders[-1]))


def fusion_step(model: FusionModel) -> Step:
    """Return the fusion head."""

    def apply(
        parameters: PyTree, frames: Frames, inputs: Sequence[Traced], state: jax.Array
    ) -> tuple[Traced, jax.Array]:
        del frames
        cnn, lstm = inputs
        taken = cnn.scores, lstm.scores
        if model.pca is not None:
            projected = _projected(parameters["pca"], cast("jax.Array", cnn.features))
            taken = projected, lstm.features
        left, right = cast("tuple[jax.Array, jax.Array]", taken)
        logits = fusion_logits(parameters["params"], left, right, network=model.network)
        return Traced(logits), state

    return Step(apply, model.arrays())


def mean_step(model: MeanModel) -> Step:
    """Return the weighted mean of both scores."""

    def apply(
        parameters: PyTree, frames: Frames, inputs: Sequence[Traced], state: jax.Array
    ) -> tuple[Traced, jax.Array]:
        del parameters, frames
        scores = [cast("jax.Array", found.scores) for found in inputs]
        if model.config.normalise_scores:
            scores = [l2_normalise(one) for one in scores]
        share = model.config.lstm_share
        return Traced((1 - share) * scores[0] + share * scores[1]), state

    return Step(apply)


def ensemble_step(model: EnsembleModel) -> Step:
    """Return the mean of scores over their spread."""

    def apply(
        parameters: PyTree, frames: Frames, inputs: Sequence[Traced], state: jax.Array
    ) -> tuple[Traced, jax.Array]:
        del frames
        scores = jnp.stack([cast("jax.Array", found.scores) for found in inputs])
        return Traced((scores / parameters["spread"][:, None]).mean(axis=0)), state

    return Step(apply, model.arrays())


def linear_step(model: LinearModel) -> Step:
    """Return linear classifiers on standardised components."""

    def apply(
        parameters: PyTree, frames: Frames, inputs: Sequence[Traced], state: jax.Array
    ) -> tuple[Traced, jax.Array]:
        del frames
        (found,) = inputs
        components, weights = parameters["components"], parameters["weights"]
        features = cast("jax.Array", found.features)
        projected = product(features, components["basis"].T) - components["offset"][None]
        scores = product(projected / components["norm"], weights[:-1]) + weights[-1][None]
        return Traced(scores), state

    arrays = model.arrays()
    return Step(apply, {name: arrays[name] for name in ("components", "weights")})


def jpml_step(model: JpmlModel) -> Step:
    """Return linear classifiers on standardised features."""

    def apply(
        parameters: PyTree, frames: Frames, inputs: Sequence[Traced], state: jax.Array
    ) -> tuple[Traced, jax.Array]:
        del frames
        (found,) = inputs
        measured = parameters["standardisation"]
        centred = cast("jax.Array", found.features) - measured["mean"][None]
        scores = product(centred / measured["scale"][None], parameters["weights"])
        return Traced(scores + parameters["intercepts"][None]), state

    arrays = model.arrays()
    return Step(
        apply, {name: arrays[name] for name in ("standardisation", "weights", "intercepts")}
    )


def constant_step(model: ConstantModel) -> Step:
    """Return the constant."""

    def apply(
        parameters: PyTree, frames: Frames, inputs: Sequence[Traced], state: jax.Array
    ) -> tuple[Traced, jax.Array]:
        del parameters, inputs
        shape = (frames.faces.shape[0], model.num_aus)
        return Traced(jnp.full(shape, model.score, jnp.float32)), state

    return Step(apply)


def columns_step(model: Model) -> Step:
    """Return scores side by side."""
    del model

    def apply(
        parameters: PyTree, frames: Frames, inputs: Sequence[Traced], state: jax.Array
    ) -> tuple[Traced, jax.Array]:
        del parameters, frames
        scores = [cast("jax.Array", found.scores) for found in inputs]
        return Traced(jnp.concatenate(scores, axis=1)), state

    return Step(apply)


STEPS: dict[type, Callable[..., Step]] = {
    CnnModel: cnn_step,
    LstmModel: lstm_step,
    FusionModel: fusion_step,
    MeanModel: mean_step,
    EnsembleModel: ensemble_step,
    LinearModel: linear_step,
    JpmlModel: jpml_step,
    ConstantModel: constant_step,
    ColumnsModel: columns_step,
}
"""The steps of trained models and of what joins them, by model; `computed` has one more."""


def _projected(pca: PyTree, features: jax.Array) -> jax.Array:
    return product(features - pca["mean"][None], pca["components"].T)
