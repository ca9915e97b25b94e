"""The objective of JPML: logistic loss, two AU relations and a group lasso over patches.

With features X `[frame, feature]`, weights W and intercepts b, products P = X W and scores
Z = P + b, over n frames:

    1/n Σ log(1 + exp(−y z))                     logistic loss, labelled frames and AUs only
    + β/2n Σ_(j,k)∈P c_jk |P_j − P_k|²           positive correlation
    + β/n Σ_(j,k)∈N c_jk Σ_i relu(z_ij) relu(z_ik)   negative competition
    + α Σ_AU Σ_patch |w of the patch|₂           group lasso

Each pair counts once. Positive correlation leaves the intercepts out: AUs that occur together still
differ in their base rates. Negative competition takes them in: it is the price of detecting both.
The first three terms are smooth almost everywhere; competition is not convex.
"""

import dataclasses
import functools

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.methods.jpml.relations import AuRelations
from au_jax.settings import Reduction
from au_jax.training.losses import masked_cross_entropy


@functools.partial(
    jax.tree_util.register_dataclass,
    data_fields=["features", "labels", "label_weights", "group", "positive", "negative"],
    meta_fields=["patches"],
)
@dataclasses.dataclass(frozen=True)
class Problem:
    """The training data of JPML.

    Attributes:
        features: float `[frame, feature]`, standardised.
        labels: −1, 0 or +1 in the type of the features, `[frame, au]`.
        label_weights: factor on the loss of each label, `[frame, au]`.
        group: int32 `[feature]`, the patch of each feature, from 0.
        positive: weights of AUs that occur together, `[au, au]`, symmetric, zero diagonal.
        negative: weights of AUs that exclude each other, likewise.
        patches: number of patches.
    """

    features: jax.Array
    labels: jax.Array
    label_weights: jax.Array
    group: jax.Array
    positive: jax.Array
    negative: jax.Array
    patches: int


def make_problem(
    features: np.ndarray,
    labels: np.ndarray,
    group: np.ndarray,
    relations: AuRelations,
    label_weights: np.ndarray | None = None,
) -> Problem:
    """Put training data on the device, all in the type of the features.

    Args:
        features: float `[frame, feature]`, standardised.
        labels: int8 `[frame, au]` in {−1, 0, +1}.
        group: int `[feature]`, the patch of each feature, from 0.
        relations: pairs of AUs.
        label_weights: float `[frame, au]`; None is 1.
    """
    on_device = jnp.asarray(features)
    dtype = on_device.dtype
    weights = np.ones(labels.shape, dtype) if label_weights is None else label_weights
    return Problem(
        features=on_device,
        labels=jnp.asarray(labels, dtype),
        label_weights=jnp.asarray(weights, dtype),
        group=jnp.asarray(group, jnp.int32),
        positive=jnp.asarray(relations.positive, dtype),
        negative=jnp.asarray(relations.negative, dtype),
        patches=int(group.max()) + 1,
    )


def positive_correlation(products: jax.Array, weights: jax.Array) -> jax.Array:
    """Return 1/2n Σ over pairs of c_jk |P_j − P_k|², a scalar.

    Args:
        products: `[frame, au]`.
        weights: c, `[au, au]`, symmetric, zero diagonal.
    """
    laplacian = jnp.diag(weights.sum(axis=0)) - weights
    return 0.5 * jnp.sum(_narrow_product(products, laplacian) * products) / len(products)


def negative_competition(scores: jax.Array, weights: jax.Array) -> jax.Array:
    """Return 1/n Σ over pairs and frames of c_jk relu(z_j) relu(z_k), a scalar.

    Args:
        scores: `[frame, au]`, above 0 where an AU is detected.
        weights: c, `[au, au]`, symmetric, zero diagonal.
    """
    detected = jax.nn.relu(scores)
    return 0.5 * jnp.sum(_narrow_product(detected, weights) * detected) / len(scores)


def _narrow_product(left: jax.Array, right: jax.Array) -> jax.Array:
    return jnp.matmul(left, right, precision=jax.lax.Precision.HIGHEST)


def smooth_part(
    products: jax.Array, intercepts: jax.Array, problem: Problem, beta: jax.Array
) -> jax.Array:
    """Return the objective without the group lasso, a scalar.

    Args:
        products: X W, `[frame, au]`. A function of these and not of W: a line search can then
            combine products that are known, instead of going through all features again.
        intercepts: `[au]`.
        problem: the training data.
        beta: weight of both relation terms.
    """
    scores = products + intercepts[jnp.newaxis]
    loss = masked_cross_entropy(scores, problem.labels, Reduction.SUM_AUS, problem.label_weights)
    pull = positive_correlation(products, problem.positive)
    competition = negative_competition(scores, problem.negative)
    return loss + beta * (pull + competition)


def patch_norms(weights: jax.Array, group: jax.Array, patches: int) -> jax.Array:
    """Return the l2 norm of the weights of each patch, `[patch, au]`.

    Args:
        weights: `[feature, au]`.
        group: int `[feature]`, the patch of each feature.
        patches: number of patches.
    """
    return jnp.sqrt(jax.ops.segment_sum(jnp.square(weights), group, num_segments=patches))


def block_soft_threshold(
    weights: jax.Array, threshold: jax.Array, group: jax.Array, patches: int
) -> jax.Array:
    """Return the proximal operator of `threshold` times the group lasso, `[feature, au]`.

    Each patch of each AU is shrunk by the factor max(0, 1 − threshold / norm): one whose norm is
    below the threshold vanishes as a whole (Yuan and Lin, J. R. Statist. Soc. B 68, 2006).
    """
    norms = patch_norms(weights, group, patches)
    # The floor keeps 0/0 away; whatever the quotient, a patch of zeros stays one.
    kept = jnp.maximum(0.0, 1.0 - threshold / jnp.maximum(norms, jnp.finfo(weights.dtype).tiny))
    return weights * kept[group]
