import numpy as np
import pytest
from sklearn.metrics import matthews_corrcoef

from au_jax.analysis.au_relations import au_relations, pairwise_correlations, summarise
from au_jax.methods.jpml.relations import phi_coefficients
from tests.made.labels import correlated_labels


def labels_and_scores(frames=400, aus=4, missing=0.2):
    rng = np.random.default_rng(0)
    labels = np.where(correlated_labels(frames, aus) > 0, 1, -1)
    scores = labels + rng.normal(size=labels.shape)
    labels = np.where(rng.random(labels.shape) < missing, 0, labels).astype(np.int8)
    return labels, scores


def test_coefficients_of_labels_and_decisions_leave_missing_labels_out_by_pair():
    labels, scores = labels_and_scores()
    found = au_relations(labels, scores)
    for first in range(4):
        for second in range(first):
            both = (labels[:, [first, second]] != 0).all(axis=1)
            known, said = labels[both], scores[both] > 0
            assert found.labels[first, second] == pytest.approx(
                matthews_corrcoef(known[:, first], known[:, second])
            )
            assert found.decisions[first, second] == pytest.approx(
                matthews_corrcoef(said[:, first], said[:, second])
            )
    np.testing.assert_allclose(found.labels, phi_coefficients(labels), atol=1e-12)
    np.testing.assert_allclose(np.diag(found.labels), 1)
    assert np.isnan(found.residuals).all()


def test_residuals_are_correlated_as_numpy_does():
    labels, scores = labels_and_scores(missing=0)
    probabilities = 1 / (1 + np.exp(-scores))
    found = au_relations(labels, scores, probabilities.astype(np.float32))
    wanted = np.corrcoef((labels > 0) - probabilities, rowvar=False)
    np.testing.assert_allclose(found.residuals, wanted, atol=1e-6)


def test_where_an_au_never_changes_there_is_no_coefficient():
    labels, scores = labels_and_scores()
    labels[:, 1] = np.minimum(labels[:, 1], 0)
    scores[:, 2] = 1
    found = au_relations(labels, scores)
    assert np.isnan(found.labels[1]).all() and np.isnan(found.decisions[:, 2]).all()
    assert np.isfinite(found.labels[0, [0, 2, 3]]).all()
    assert np.isfinite(found.decisions[0, [0, 1, 3]]).all()


def test_large_offsets_do_not_cancel():
    values = np.random.default_rng(0).normal(size=(50, 2))
    far = pairwise_correlations(values + 1e6, np.ones(values.shape, bool))
    np.testing.assert_allclose(far, np.corrcoef(values, rowvar=False), atol=1e-8)


def test_a_detector_that_knows_the_labels_has_their_relations():
    labels, scores = labels_and_scores(aus=5)
    one = summarise(au_relations(labels, labels))
    assert one.pairs == 10
    assert one.agreement == pytest.approx(1) and one.difference == pytest.approx(0)
    assert one.labels == one.decisions > 0.01
    noisy = summarise(au_relations(labels, scores))
    assert noisy.difference > 0 and noisy.decisions < noisy.labels
    none = summarise(au_relations(np.ones((5, 3), np.int8), np.ones((5, 3))))
    assert none.pairs == 0 and np.isnan(none.difference) and np.isnan(none.agreement)
