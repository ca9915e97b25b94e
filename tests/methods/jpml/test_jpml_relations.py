import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import matthews_corrcoef

from au_jax.methods.jpml.relations import mine_relations, phi_coefficients

LABELS = arrays(
    np.int8, st.tuples(st.integers(0, 30), st.integers(1, 4)), elements=st.sampled_from([-1, 0, 1])
)


@pytest.mark.filterwarnings("ignore::UserWarning")
@given(LABELS)
def test_phi_is_the_correlation_of_the_frames_in_which_both_are_labelled(labels):
    phi = phi_coefficients(labels)
    for j in range(labels.shape[1]):
        for k in range(labels.shape[1]):
            known = (labels[:, j] != 0) & (labels[:, k] != 0)
            a, b = labels[known, j], labels[known, k]
            varies = known.any() and np.ptp(a) > 0 and np.ptp(b) > 0
            expected = matthews_corrcoef(a, b) if varies else 0.0
            assert phi[j, k] == pytest.approx(expected, abs=1e-12)


def labels_with(phi_by_pair, pairs):
    """Labels of one pair of AUs after another; outside its own block a pair is not labelled."""
    blocks = []
    for number, phi in enumerate(phi_by_pair):
        agree = round(500 * (1 + phi))
        block = np.zeros((1000, 2 * pairs), np.int8)
        first = np.where(np.arange(1000) % 2, 1, -1)
        block[:, 2 * number] = first
        block[:, 2 * number + 1] = np.where(np.arange(1000) < agree, first, -first)
        blocks.append(block)
    return np.concatenate(blocks)


def test_pairs_are_those_beyond_the_thresholds_with_their_phi_as_weight():
    phi = (0.41, 0.4, 0.3, -0.04, -0.06, -0.2, -0.5)
    labels = labels_with(phi, len(phi))
    np.testing.assert_allclose(phi_coefficients(labels)[::2, 1::2].diagonal(), phi, atol=1e-3)
    # The rounding of a sum decides no test.
    relations = mine_relations(labels, 0.399, -0.05, 2)
    for weights, expected in (
        (relations.positive, {0: 0.41, 1: 0.4}),
        (relations.negative, {5: 0.2, 6: 0.5}),
    ):
        np.testing.assert_array_equal(weights, weights.T)
        pairs = {(2 * pair, 2 * pair + 1): value for pair, value in expected.items()}
        assert set(zip(*np.nonzero(np.triu(weights)), strict=True)) == set(pairs)
        for pair, value in pairs.items():
            assert weights[pair] == pytest.approx(value, abs=1e-3)


def test_only_as_many_pairs_compete_as_are_negative_enough():
    labels = labels_with((-0.06, -0.04), 2)
    assert np.count_nonzero(mine_relations(labels, 0.4, -0.05, 5).negative) == 2
    assert not mine_relations(labels, 0.4, -0.05, 0).negative.any()
