"""The losses of the paper, for labels in which some action units are missing.

Labels are -1 (absent), 0 (missing) or +1 (present), of any integer or floating dtype. A missing
label never counts: neither its value nor its gradient depends on the prediction.
Source: Chu et al. 2018, Eq. (1) and section 3.2.
"""

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.settings import Reduction


def masked_cross_entropy(
    logits: jax.Array,
    labels: jax.Array,
    reduction: Reduction = Reduction.MEAN_AUS,
    weights: jax.Array | None = None,
) -> jax.Array:
    """Return the multi-label cross-entropy of Eq. (1), averaged over all frames.

    Args:
        logits: `[..., L]`; the predictions of Eq. (1) are their sigmoids.
        labels: -1, 0 or +1, `[..., L]`.
        reduction: `MEAN_AUS` divides each frame's sum by L, as printed in Eq. (1), missing labels
            or not; `SUM_AUS` does not divide, as the Caffe layer that the authors' group released
            (https://github.com/zkl20061823/DRML).
        weights: factor on the loss of each label, `[..., L]`, see `label_weights`; None is 1.

    Returns:
        A scalar of the dtype of `logits`. Frames without any label count as zeros in the average,
        so that every label weighs the same in every batch.

    Raises:
        ValueError: if the shapes differ.
    """
    signs, labelled = _signs(logits, labels)
    # -log sigmoid(y z) = log(1 + exp(-y z)), which does not overflow in this form.
    losses = jnp.where(labelled, jax.nn.softplus(-signs * _known(logits, labelled)), 0.0)
    per_frame = jnp.sum(losses if weights is None else losses * weights, axis=-1)
    if reduction is Reduction.MEAN_AUS:
        per_frame = per_frame / logits.shape[-1]
    return jnp.sum(per_frame) / max(per_frame.size, 1)


def masked_hinge(
    scores: jax.Array,
    labels: jax.Array,
    margin: float = 0.5,
    mask: jax.Array | None = None,
    gradient_threshold: float | None = None,
    weights: jax.Array | None = None,
) -> jax.Array:
    """Return the maximal-margin loss of section 3.2, averaged over the frames that count.

    Each frame's loss is the mean of max(0, margin - y·ŷ) over its labelled AUs.

    Args:
        scores: predictions ŷ in [-1, 1], `[..., L]`.
        labels: -1, 0 or +1, `[..., L]`.
        margin: predictions with y·ŷ beyond it are not pushed further.
        mask: bool `[...]`, True where the frame counts; None lets all count.
        gradient_threshold: None takes the gradient of the loss, -y / n while y·ŷ < margin with n
            labelled AUs in the frame. A number passes that gradient while y·ŷ is below it. The
            paper's text prints 1, which outputs in (-1, 1) never reach, so that no prediction
            would ever be good enough; the value of the loss stays the same.
        weights: factor on the loss of each label, `[..., L]`, see `label_weights`; None is 1.

    Returns:
        A scalar of the dtype of `scores`: 0 if no frame counts. A frame that counts but has no
        label adds 0 to the sum and 1 to the number of frames.

    Raises:
        ValueError: if the shapes do not fit.
    """
    signs, labelled = _signs(scores, labels)
    if mask is not None and mask.shape != scores.shape[:-1]:
        raise ValueError(
            f"mask of shape {mask.shape} for scores of shape {scores.shape}: must be "
            f"{scores.shape[:-1]}"
        )
    agreement = signs * _known(scores, labelled)
    losses = jax.nn.relu(margin - agreement)
    if gradient_threshold is not None:
        slope = jnp.where(agreement < gradient_threshold, -agreement, 0.0)
        losses = jax.lax.stop_gradient(losses - slope) + slope
    if weights is not None:
        losses = losses * weights
    count = jnp.sum(labelled, axis=-1, dtype=scores.dtype)
    per_frame = jnp.sum(jnp.where(labelled, losses, 0.0), axis=-1) / jnp.maximum(count, 1.0)
    if mask is None:
        return jnp.sum(per_frame) / max(per_frame.size, 1)
    frames = jnp.sum(mask, dtype=scores.dtype)
    return jnp.sum(jnp.where(mask, per_frame, 0.0)) / jnp.maximum(frames, 1.0)


def label_weights(labels: jax.Array, class_weights: jax.Array) -> jax.Array:
    """Return the weight of each label, `[..., L]`, for the losses above.

    Args:
        labels: -1, 0 or +1, `[..., L]`.
        class_weights: weights of absent and of present labels of each AU, `[2, L]`.
    """
    absent, present = (
        jnp.reshape(row, (1,) * (labels.ndim - 1) + row.shape) for row in class_weights
    )
    return jnp.where(labels > 0, present, absent)


def balanced_class_weights(labels: np.ndarray) -> np.ndarray:
    """Return weights under which each AU's present and absent labels weigh alike in sum.

    A label weighs 1 / (2 · share of such labels among the known ones of its AU), as scikit-learn's
    `class_weight="balanced"`; the mean weight is 1. An AU that is always present, or always
    absent, keeps the weight 1.

    Args:
        labels: int8 `[frame, L]`, of the training frames.

    Returns:
        float32 `[2, L]`: weights of absent and of present labels.
    """
    counts = np.stack([(labels < 0).sum(axis=0), (labels > 0).sum(axis=0)])
    both = np.broadcast_to(counts.min(axis=0) > 0, counts.shape)
    weights = np.ones(counts.shape, np.float32)
    return np.divide(counts.sum(axis=0), 2 * counts, out=weights, where=both)


def _signs(predictions: jax.Array, labels: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Return labels as ±1 (0 where missing) in the predictions' dtype, and where they are known."""
    if predictions.shape != labels.shape:
        raise ValueError(
            f"predictions of shape {predictions.shape} and labels of shape {labels.shape}: must be "
            "equal"
        )
    signs = jnp.sign(labels).astype(predictions.dtype)
    return signs, signs != 0.0


def _known(predictions: jax.Array, labelled: jax.Array) -> jax.Array:
    """Return the predictions with 0 for missing labels: no infinity may reach the gradient."""
    return jnp.where(labelled, predictions, 0.0)
