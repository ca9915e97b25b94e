import jax
import numpy as np
import pytest

from au_jax.models.gabor_bank import gabor_bank


@pytest.mark.parametrize("channels", [1, 3])
def test_filters_do_not_see_the_grey_level_and_have_the_norm_of_he(channels):
    bank = np.asarray(gabor_bank(jax.random.key(0), (11, 11, channels, 24)))
    np.testing.assert_allclose(bank.sum(axis=(0, 1)), 0.0, atol=1e-5)
    # He: variance 2 / fan-in of each of the fan-in weights, a squared norm of 2.
    np.testing.assert_allclose((bank**2).sum(axis=(0, 1, 2)), 2.0, rtol=1e-5)


def test_a_filter_prefers_its_own_orientation():
    bank = np.asarray(gabor_bank(jax.random.key(1), (11, 11, 1, 12)))[:, :, 0]
    # The first three filters are vertical bars of three wavelengths; half way round come
    # horizontal ones.
    y, x = np.mgrid[-5:6, -5:6]
    for index, wavelength in enumerate((4.0, 6.0, 9.0)):
        for first, wave in ((0, x), (6, y)):
            responses = [
                np.hypot(
                    (bank[:, :, i] * np.cos(2 * np.pi * wave / wavelength)).sum(),
                    (bank[:, :, i] * np.sin(2 * np.pi * wave / wavelength)).sum(),
                )
                for i in range(index, 12, 3)
            ]
            assert int(np.argmax(responses)) == first // 3
