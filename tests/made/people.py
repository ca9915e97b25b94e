"""Small problems for CPM."""

import numpy as np

from au_jax.methods.cpm.training import with_one


def random_samples(seed=0, count=60, features=4, separation=1.0):
    """Two overlapping classes of samples, the last feature 1; a few have no label."""
    rng = np.random.default_rng(seed)
    labels = rng.choice(np.array([-1, 0, 1], np.int8), count, p=[0.5, 0.1, 0.4])
    samples = rng.normal(size=(count, features))
    samples[:, 0] += separation * labels
    return with_one(samples), labels


def shifted_gaussians(seed, training=150, cycles=5, event=20):
    """The toy of the authors' demo: a person whose two classes lie elsewhere than those trained on.

    Training means are (0, 0) and (4, 0) with variance 3, the person's (1, 5) and (5, 5) with
    variance 1; the person's class changes every `event` frames.
    """
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.array([-1, 1], np.int8), training)
    samples = rng.normal(size=(2 * training, 2)) * np.sqrt(3)
    samples[labels > 0] += [4, 0]
    known = np.tile(np.repeat(np.array([-1, 1], np.int8), event), cycles)
    frames = rng.normal(size=(len(known), 2)) + np.array([1, 5])
    frames[known > 0] += [4, 0]
    return with_one(samples), labels, with_one(frames), known
