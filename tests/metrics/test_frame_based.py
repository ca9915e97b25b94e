import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.metrics import balanced_accuracy_score, f1_score, roc_auc_score

from au_jax.metrics import auc, balanced_accuracy, f1_frame, mean_over_aus

shapes = st.tuples(st.integers(1, 40), st.integers(1, 4))


@st.composite
def labels_and_scores(draw):
    shape = draw(shapes)
    labels = draw(hnp.arrays(np.int8, shape, elements=st.sampled_from([-1, 0, 1])))
    grid = st.sampled_from([-2.0, -0.5, 0.0, 0.25, 1.0])
    return labels, draw(hnp.arrays(np.float32, shape, elements=grid))


@given(labels_and_scores())
def test_f1_equals_scikit_learn_on_the_labelled_frames(data):
    labels, scores = data
    for au, value in enumerate(f1_frame(labels, scores)):
        known = labels[:, au] != 0
        if not known.any():
            assert np.isnan(value)
            continue
        expected = f1_score(labels[known, au] > 0, scores[known, au] > 0, zero_division=0)  # pyright: ignore[reportArgumentType] (0 is documented)
        assert value == pytest.approx(expected)


@given(labels_and_scores())
def test_auc_and_balanced_accuracy_equal_scikit_learn(data):
    labels, scores = data
    areas, accuracies = auc(labels, scores), balanced_accuracy(labels, scores)
    for au in range(labels.shape[1]):
        known = labels[:, au] != 0
        truth = labels[known, au] > 0
        if truth.all() or not truth.any():
            assert np.isnan(areas[au])
            assert np.isnan(accuracies[au])
            continue
        assert areas[au] == pytest.approx(roc_auc_score(truth, scores[known, au]))
        expected = balanced_accuracy_score(truth, scores[known, au] > 0)
        assert accuracies[au] == pytest.approx(expected)


@given(labels_and_scores())
def test_scores_of_unlabelled_frames_do_not_count(data):
    labels, scores = data
    other = np.where(labels == 0, -scores + 1, scores)
    np.testing.assert_array_equal(f1_frame(labels, scores), f1_frame(labels, other))
    np.testing.assert_array_equal(auc(labels, scores), auc(labels, other))


def test_always_present_gives_the_known_f1_of_bp4d_base_rates():
    # A base rate p gives F1 = 2p / (1 + p): 21.14 % for AU1 of BP4D is 34.9 %.
    labels = np.full((10_000, 1), -1, np.int8)
    labels[:2114] = 1
    assert f1_frame(labels, np.ones((10_000, 1)))[0] == pytest.approx(0.349, abs=5e-4)


def test_zero_is_not_a_detection():
    labels = np.array([[1], [-1]], np.int8)
    assert f1_frame(labels, np.zeros((2, 1)))[0] == 0.0


def test_mean_leaves_undefined_aus_out():
    assert mean_over_aus(np.array([0.5, np.nan, 0.7])) == pytest.approx(0.6)
    assert np.isnan(mean_over_aus(np.array([np.nan])))


def test_shapes_that_differ_are_refused():
    with pytest.raises(ValueError, match=r"\(2, 1\).*\(3, 1\)"):
        f1_frame(np.zeros((2, 1), np.int8), np.zeros((3, 1)))
