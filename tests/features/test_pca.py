import numpy as np
import pytest

from au_jax.features.pca import fit_principal_components


def correlated(frames, features, seed=0):
    rng = np.random.default_rng(seed)
    mixing = rng.normal(size=(features, features)) * np.logspace(0, -3, features)
    return (rng.normal(size=(frames, features)) @ mixing.T + 3.0).astype(np.float32)


def test_components_are_those_of_a_singular_value_decomposition():
    features = correlated(500, 20)
    pca = fit_principal_components(features, 5)
    centred = features.astype(np.float64) - features.mean(axis=0, dtype=np.float64)
    _, values, expected = np.linalg.svd(centred, full_matrices=False)
    cosines = np.abs((pca.components * expected[:5]).sum(axis=1))
    np.testing.assert_allclose(cosines, 1.0, atol=1e-4)
    assert pca.energy == pytest.approx((values[:5] ** 2).sum() / (values**2).sum(), abs=1e-4)


def test_projection_keeps_the_variance_and_is_not_whitened():
    features = correlated(400, 12)
    pca = fit_principal_components(features, 12)
    projected = pca.project(features)
    assert projected.dtype == np.float32
    np.testing.assert_allclose(projected.mean(axis=0), 0.0, atol=1e-3)
    np.testing.assert_allclose(projected.var(axis=0).sum(), features.var(axis=0).sum(), rtol=1e-3)
    back = projected @ pca.components + pca.mean
    np.testing.assert_allclose(back, features, atol=1e-2)


def test_half_precision_features_are_fitted_in_single():
    features = correlated(300, 10)
    full, half = (fit_principal_components(f, 3) for f in (features, features.astype(np.float16)))
    np.testing.assert_allclose(np.abs((full.components * half.components).sum(1)), 1, atol=1e-3)


@pytest.mark.parametrize(("frames", "features", "kept"), [(4, 10, 4), (50, 6, 6)])
def test_no_more_components_than_frames_or_features(frames, features, kept):
    pca = fit_principal_components(correlated(frames, features), 1024)
    assert pca.components.shape == (kept, features)


def test_features_that_do_not_vary_have_components_and_no_energy(recwarn):
    pca = fit_principal_components(np.ones((6, 4), np.float32), 3, energy=0.98)
    assert pca.energy == 0 and np.isfinite(pca.project(np.ones((2, 4)))).all()
    assert not recwarn


def test_the_fewest_components_that_keep_the_energy_are_kept():
    features = correlated(300, 12)
    whole = fit_principal_components(features, 12)
    _, values, _ = np.linalg.svd(features - features.mean(axis=0), full_matrices=False)
    shares = np.cumsum(values**2) / (values**2).sum()
    for energy in (0.5, 0.9, 0.98):
        pca = fit_principal_components(features, 12, energy)
        assert len(pca.components) == int((shares < energy).sum()) + 1
        assert energy <= pca.energy < 1
    assert len(whole.components) == 12
