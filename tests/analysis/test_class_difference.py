import numpy as np

from au_jax.analysis.class_difference import class_differences


def test_it_is_the_difference_of_means_over_known_labels():
    rng = np.random.default_rng(0)
    faces = rng.normal(size=(23, 5, 4, 2))
    labels = rng.choice(np.array([-1, 0, 1], np.int8), (23, 3))
    labels[:, 2] = 1
    found = class_differences([faces[:10], faces[10:]], labels)
    for au in range(2):
        known = labels[:, au]
        expected = faces[known == 1].mean(axis=0) - faces[known == -1].mean(axis=0)
        np.testing.assert_allclose(found[au], expected, rtol=1e-10, atol=1e-12)
    assert not found[2].any()  # never absent
