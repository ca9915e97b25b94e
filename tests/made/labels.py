"""Label matrices for the tests of sampling."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays


def label_matrices(max_frames=40, max_aus=5, elements=(-1, 0, 1)):
    """Any int8 labels in which at least one AU is present somewhere."""
    shapes = st.tuples(st.integers(1, max_frames), st.integers(1, max_aus))
    matrices = arrays.arrays(np.int8, shapes, elements=st.sampled_from(elements))
    return matrices.filter(lambda labels: (labels > 0).any())


def correlated_labels(frames, aus=12, seed=0):
    """AUs of base rates from 0.08 to 0.6 that occur together, a few labels missing."""
    generator = np.random.default_rng(seed)
    shared = generator.standard_normal((frames, 3)) @ generator.standard_normal((3, aus))
    drive = 0.4 * shared + generator.standard_normal((frames, aus))
    rates = np.geomspace(0.08, 0.6, aus)
    thresholds = [np.quantile(drive[:, au], 1 - rate) for au, rate in enumerate(rates)]
    labels = np.where(drive > thresholds, 1, -1).astype(np.int8)
    labels[generator.random(labels.shape) < 0.01] = 0
    return labels


def classes_of(labels, neutral=False):
    """For each class (AU with a positive, perhaps the frames without AU) the set of its frames."""
    labelled = {frame for frame in range(len(labels)) if any(labels[frame])}
    classes = [
        {frame for frame in labelled if labels[frame, au] == 1} for au in range(labels.shape[1])
    ]
    classes = [members for members in classes if members]
    if neutral:
        without = labelled.difference(*classes)
        classes += [without] if without else []
    return classes
