import jax
import jax.numpy as jnp
import numpy as np

from au_jax.models.normalisation import l2_normalise


def test_equals_numpy():
    vectors = np.random.default_rng(0).normal(size=(3, 5, 7)).astype(np.float32) * 1e3
    expected = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    np.testing.assert_allclose(l2_normalise(jnp.asarray(vectors)), expected, rtol=1e-5)


def test_zero_vector_stays_zero_with_a_finite_gradient():
    gradient = jax.jacobian(l2_normalise)(jnp.zeros(3))
    np.testing.assert_array_equal(l2_normalise(jnp.zeros(3)), np.zeros(3))
    assert np.isfinite(gradient).all()


def test_gradient_is_tangential():
    vector = jnp.asarray([3.0, 4.0])
    np.testing.assert_allclose(
        jax.jacobian(l2_normalise)(vector),
        np.array([[16.0, -12.0], [-12.0, 9.0]]) / 125,
        rtol=1e-5,
        atol=1e-7,
    )
