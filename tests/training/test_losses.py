import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.utils.class_weight import compute_class_weight

from au_jax.settings import Reduction
from au_jax.training.losses import (
    balanced_class_weights,
    label_weights,
    masked_cross_entropy,
    masked_hinge,
)

LABELS = st.sampled_from([-1, 0, 1])


def labelled_predictions(bound):
    """Return a strategy for predictions and labels of one shape `[frame, AU]`."""
    shapes = st.sampled_from([(1, 1), (4, 3)])  # Few, since each shape is compiled anew.
    return shapes.flatmap(
        lambda shape: st.tuples(
            hnp.arrays(np.float32, shape, elements=st.floats(-bound, bound, width=32)),
            hnp.arrays(np.int8, shape, elements=LABELS),
        )
    )


def naive_cross_entropy(logits, labels, reduction):
    """Eq. (1), term by term, in float64."""
    total = 0.0
    for frame_logits, frame_labels in zip(logits.astype(np.float64), labels, strict=True):
        frame = 0.0
        for logit, label in zip(frame_logits, frame_labels, strict=True):
            probability = 1 / (1 + np.exp(-logit))
            if label > 0:
                frame -= np.log(probability)
            if label < 0:
                frame -= np.log(1 - probability)
        total += frame / (len(frame_labels) if reduction is Reduction.MEAN_AUS else 1)
    return total / len(logits)


def naive_hinge(scores, labels, margin, mask):
    """Section 3.2, term by term: mean over labelled AUs, then over frames that count."""
    frames = []
    for frame_scores, frame_labels, counts in zip(scores, labels, mask, strict=True):
        terms = [
            max(0.0, margin - label * score)
            for score, label in zip(frame_scores.astype(np.float64), frame_labels, strict=True)
            if label != 0
        ]
        if counts:
            frames.append(np.mean(terms) if terms else 0.0)
    return np.mean(frames) if frames else 0.0


@pytest.mark.parametrize("reduction", Reduction)
@given(case=labelled_predictions(bound=20))
def test_cross_entropy_equals_the_naive_loop(reduction, case):
    logits, labels = case
    loss = masked_cross_entropy(jnp.asarray(logits), jnp.asarray(labels), reduction)
    assert loss.shape == ()
    expected = naive_cross_entropy(logits, labels, reduction)
    np.testing.assert_allclose(loss, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("reduction", Reduction)
@given(case=labelled_predictions(bound=20))
def test_cross_entropy_gradient_is_sigmoid_less_target(reduction, case):
    logits, labels = case
    gradient = jax.grad(masked_cross_entropy)(jnp.asarray(logits), jnp.asarray(labels), reduction)
    expected = (1 / (1 + np.exp(-logits.astype(np.float64))) - (labels > 0)) * (labels != 0)
    expected /= len(logits) * (logits.shape[1] if reduction is Reduction.MEAN_AUS else 1)
    np.testing.assert_allclose(gradient, expected, rtol=1e-4, atol=1e-7)


def test_cross_entropy_is_stable_for_huge_logits():
    logits = jnp.asarray([[1e4, -1e4, 1e4, -1e4]])
    labels = jnp.asarray([[1, -1, -1, 1]], jnp.int8)
    assert float(masked_cross_entropy(logits, labels)) == pytest.approx(2e4 / 4)
    gradient = jax.grad(masked_cross_entropy)(logits, labels)
    np.testing.assert_allclose(gradient, [[0, 0, 0.25, -0.25]])


def test_cross_entropy_divides_by_all_aus_as_printed():
    labels = jnp.asarray([[1, 0, 0, 0]], jnp.int8)
    assert float(masked_cross_entropy(jnp.zeros((1, 4)), labels)) == pytest.approx(np.log(2) / 4)
    assert float(
        masked_cross_entropy(jnp.zeros((1, 4)), labels, reduction=Reduction.SUM_AUS)
    ) == pytest.approx(np.log(2))


@given(
    case=labelled_predictions(bound=1),
    margin=st.sampled_from([0.25, 0.5, 1.0]),
    seed=st.integers(0, 100),
)
def test_hinge_equals_the_naive_loop(case, margin, seed):
    scores, labels = case
    mask = np.random.default_rng(seed).random(len(scores)) < 0.7
    arrays = jnp.asarray(scores), jnp.asarray(labels)
    np.testing.assert_allclose(
        masked_hinge(*arrays, margin, jnp.asarray(mask)),
        naive_hinge(scores, labels, margin, mask),
        rtol=1e-5,
        atol=1e-6,
    )
    np.testing.assert_allclose(
        masked_hinge(*arrays, margin),
        naive_hinge(scores, labels, margin, np.ones(len(scores), bool)),
        rtol=1e-5,
        atol=1e-6,
    )


@pytest.mark.parametrize("threshold", [None, 1.0])
def test_hinge_gradient_is_zero_beyond_the_threshold_and_for_missing_labels(threshold):
    rng = np.random.default_rng(0)
    scores = rng.uniform(-0.99, 0.99, (40, 12)).astype(np.float32)
    labels = rng.choice([-1, 0, 1], (40, 12)).astype(np.int8)
    mask = rng.random(40) < 0.5
    gradient = jax.grad(masked_hinge)(
        jnp.asarray(scores), jnp.asarray(labels), 0.5, jnp.asarray(mask), threshold
    )
    labelled = (labels != 0).sum(axis=1, keepdims=True)
    passes = labels * scores < (0.5 if threshold is None else threshold)
    expected = -labels / np.maximum(labelled, 1) * passes * mask[:, None] / mask.sum()
    np.testing.assert_allclose(gradient, expected, rtol=1e-5, atol=1e-8)
    beyond = (labels * scores > 0.5) & mask[:, None]
    assert np.any(beyond)
    assert np.all(np.asarray(gradient)[beyond] == 0) == (threshold is None)


def test_gradient_threshold_leaves_the_value_as_it_is():
    scores = jnp.asarray([[0.9, -0.2, 0.3]])
    labels = jnp.asarray([[1, 1, -1]], jnp.int8)
    assert float(masked_hinge(scores, labels)) == pytest.approx((0.7 + 0.8) / 3)
    assert float(masked_hinge(scores, labels, gradient_threshold=1.0)) == pytest.approx(1.5 / 3)


def test_hinge_gradient_equals_finite_differences():
    rng = np.random.default_rng(3)
    scores, direction = rng.uniform(-0.9, 0.9, (2, 5, 4))
    labels = rng.choice([-1, 0, 1], (5, 4))
    mask, step = np.ones(5, bool), 1e-4
    expected = (
        naive_hinge(scores + step * direction, labels, 0.5, mask)
        - naive_hinge(scores - step * direction, labels, 0.5, mask)
    ) / (2 * step)
    gradient = jax.grad(masked_hinge)(jnp.asarray(scores, jnp.float32), jnp.asarray(labels))
    assert float(np.sum(gradient * direction)) == pytest.approx(expected, rel=1e-3)


def test_frames_without_labels_count_in_the_denominator():
    scores = jnp.zeros((4, 2))
    labels = jnp.asarray([[1, 1], [0, 0], [0, 0], [0, -1]], jnp.int8)
    assert float(masked_hinge(scores, labels)) == pytest.approx(0.5 * 2 / 4)
    mask = jnp.asarray([True, True, False, False])
    assert float(masked_hinge(scores, labels, mask=mask)) == pytest.approx(0.5 / 2)


LOSSES = pytest.mark.parametrize("loss", [masked_cross_entropy, masked_hinge])


@LOSSES
def test_missing_labels_give_zero_even_for_broken_predictions(loss):
    predictions = jnp.asarray([[0.3, -0.2], [jnp.nan, jnp.inf]])
    labels = jnp.zeros((2, 2), jnp.int8)
    value, gradient = jax.value_and_grad(loss)(predictions, labels)
    assert float(value) == 0.0
    np.testing.assert_array_equal(gradient, np.zeros((2, 2)))


def test_a_mask_without_frames_gives_zero():
    scores, labels = jnp.zeros((2, 3, 2)), jnp.ones((2, 3, 2), jnp.int8)
    value, gradient = jax.value_and_grad(masked_hinge)(scores, labels, 0.5, jnp.zeros((2, 3), bool))
    assert float(value) == 0.0
    np.testing.assert_array_equal(gradient, np.zeros((2, 3, 2)))


@LOSSES
@pytest.mark.parametrize("dtype", [jnp.int8, jnp.int32, jnp.float32, jnp.bfloat16])
@settings(max_examples=5)
@given(case=labelled_predictions(bound=1))
def test_labels_of_any_dtype_and_jit(loss, dtype, case):
    predictions, labels = (jnp.asarray(x) for x in case)
    expected = loss(predictions, labels)
    with jax.numpy_dtype_promotion("strict"):
        actual = jax.jit(loss)(predictions, labels.astype(dtype))
    assert actual.dtype == jnp.float32
    np.testing.assert_allclose(actual, expected, rtol=1e-5, atol=1e-7)


@LOSSES
def test_leading_axes_are_all_averaged_over(loss):
    rng = np.random.default_rng(0)
    predictions = jnp.asarray(rng.uniform(-1, 1, (2, 5, 3)), jnp.float32)
    labels = jnp.asarray(rng.choice([-1, 0, 1], (2, 5, 3)), jnp.int8)
    flat = loss(predictions.reshape(10, 3), labels.reshape(10, 3))
    np.testing.assert_allclose(loss(predictions, labels), flat, rtol=1e-6)


@LOSSES
def test_shapes_that_differ_are_an_error(loss):
    with pytest.raises(ValueError, match="must be equal"):
        loss(jnp.zeros((2, 3)), jnp.zeros((2, 4), jnp.int8))


def test_a_mask_of_another_shape_is_an_error():
    with pytest.raises(ValueError, match="mask of shape"):
        masked_hinge(jnp.zeros((2, 3)), jnp.zeros((2, 3), jnp.int8), mask=jnp.ones((2, 3), bool))


def test_balanced_weights_are_those_of_scikit_learn():
    labels = np.random.default_rng(0).choice([-1, 0, 1], (200, 3), p=[0.6, 0.3, 0.1])
    weights = balanced_class_weights(labels.astype(np.int8))
    for au in range(3):
        known = labels[labels[:, au] != 0, au]
        expected = compute_class_weight("balanced", classes=np.array([-1, 1]), y=known)
        np.testing.assert_allclose(weights[:, au], expected, rtol=1e-6)


def test_an_au_that_never_varies_keeps_the_weight_one():
    labels = np.array([[1, -1, 0], [1, -1, 0]], np.int8)
    np.testing.assert_array_equal(balanced_class_weights(labels), np.ones((2, 3)))


def test_weighted_losses_equal_naive_sums():
    rng = np.random.default_rng(1)
    labels = rng.choice([-1, 0, 1], (5, 4)).astype(np.int8)
    scores = rng.normal(size=(5, 4)).astype(np.float32)
    by_class = rng.uniform(0.5, 2.0, (2, 4)).astype(np.float32)
    weights = label_weights(jnp.asarray(labels), jnp.asarray(by_class))
    factor = np.where(labels > 0, by_class[1], by_class[0])
    cross_entropy = np.where(labels != 0, np.log1p(np.exp(-labels * scores)), 0) * factor
    np.testing.assert_allclose(
        masked_cross_entropy(jnp.asarray(scores), jnp.asarray(labels), Reduction.SUM_AUS, weights),
        cross_entropy.sum(axis=1).mean(),
        rtol=1e-5,
    )
    hinge = np.where(labels != 0, np.maximum(0, 0.5 - labels * scores), 0) * factor
    known = np.maximum((labels != 0).sum(axis=1), 1)
    np.testing.assert_allclose(
        masked_hinge(jnp.asarray(scores), jnp.asarray(labels), weights=weights),
        (hinge.sum(axis=1) / known).mean(),
        rtol=1e-5,
    )
