import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.metrics import f1_score, roc_auc_score

from au_jax.metrics import auc, auc_within_person, f1_within_person


@st.composite
def people(draw):
    shape = draw(st.tuples(st.integers(1, 40), st.integers(1, 3)))
    labels = draw(hnp.arrays(np.int8, shape, elements=st.sampled_from([-1, 0, 1])))
    scores = draw(hnp.arrays(np.float32, shape, elements=st.sampled_from([-2.0, -0.5, 0.0, 1.0])))
    subjects = draw(hnp.arrays(np.int64, shape[0], elements=st.integers(0, 3)))
    return labels, scores, subjects.astype(str)


@given(people())
def test_means_over_people_of_what_scikit_learn_gives_for_each(data):
    labels, scores, subjects = data
    areas = auc_within_person(labels, scores, subjects)
    f1 = f1_within_person(labels, scores, subjects)
    for au in range(labels.shape[1]):
        expected_areas, expected_f1 = [], []
        for person in sorted(set(subjects)):
            own = (subjects == person) & (labels[:, au] != 0)
            truth, of_own = labels[own, au] > 0, scores[own, au]
            if truth.any():
                expected_f1.append(f1_score(truth, of_own > 0, zero_division=0))  # pyright: ignore[reportArgumentType] (0 is documented)
                if not truth.all():
                    expected_areas.append(roc_auc_score(truth, of_own))
        for value, expected in ((areas[au], expected_areas), (f1[au], expected_f1)):
            if expected:
                assert value == pytest.approx(np.mean(expected))
            else:
                assert np.isnan(value)


def test_a_person_whose_scores_are_all_higher_does_not_count_as_an_error():
    labels = np.array([[-1], [-1], [1], [-1], [1], [1]], np.int8)
    subjects = np.repeat(["low", "high"], 3)
    scores = np.array([[-9.0], [-8.0], [-7.0], [5.0], [6.0], [7.0]])
    assert auc(labels, scores)[0] < 1
    assert auc_within_person(labels, scores, subjects)[0] == 1
