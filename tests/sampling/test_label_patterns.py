import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from au_jax.sampling.label_patterns import find_patterns
from tests.made.labels import classes_of, label_matrices

pytestmark = pytest.mark.filterwarnings("ignore:never present:UserWarning")


@given(labels=label_matrices(max_frames=60, max_aus=40), neutral=st.booleans())
def test_patterns_hold_the_classes_of_each_labelled_frame(labels, neutral):
    patterns = find_patterns(labels, neutral=neutral)
    assert patterns.rows.tolist() == np.flatnonzero(labels.any(axis=1)).tolist()
    assert len(np.unique(patterns.present, axis=0)) == len(patterns.present)
    expected = classes_of(labels, neutral)
    found = [set(patterns.rows[column[patterns.of_frame]]) for column in patterns.present.T]
    assert found == expected
    assert patterns.frames_per_class().tolist() == [len(members) for members in expected]
    assert patterns.columns.tolist() == np.flatnonzero((labels > 0).any(axis=0)).tolist()
