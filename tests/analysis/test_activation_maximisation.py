from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
import scipy.ndimage

from au_jax.analysis.activation_maximisation import ascend, start_ascent
from au_jax.settings import FaceInputConfig, PreferredFacesConfig
from tests.made.backbones import LinearBackbone, SmallBackbone
from tests.made.detectors import random_params

GREY = FaceInputConfig(face_size=32, crop=24, pixel_scale=0.5)
CONTRAST = FaceInputConfig(face_size=32, crop=24, local_contrast=True)


def case(network, face_input, channels):
    """Parameters of a network, and a mean face."""
    crop = face_input.crop
    params = random_params(network, 0, jnp.zeros((1, crop, crop, channels)), train=False)
    mean = np.random.default_rng(1).random((face_input.face_size, face_input.face_size, channels))
    mean = 2 * mean - 1 if face_input.local_contrast else 255 * mean
    return params, jnp.asarray(mean, jnp.float32)


def maximised(network, face_input, config, *chunks, channels=3):
    params, mean = case(network, face_input, channels)
    ascent = start_ascent(mean, network.num_aus, face_input, config)
    logits = []
    for iterations in chunks:
        ascent, found = ascend(
            params,
            mean,
            ascent,
            network=network,
            face_input=face_input,
            config=config,
            iterations=iterations,
        )
        logits.append(np.asarray(found))
    return ascent, np.concatenate(logits)


def blurred(picture, deviation):
    """A Gaussian filter that sees nothing beyond the border."""

    def smooth(values):
        return scipy.ndimage.gaussian_filter(values, deviation, mode="constant", truncate=20)

    inside = smooth(np.ones(picture.shape[:2]))
    return np.stack([smooth(picture[..., c]) / inside for c in range(picture.shape[2])], axis=2)


def by_hand(face_input, config, iterations, low, high):
    """The same on a linear network, one picture and iteration after the other in NumPy."""
    network = LinearBackbone()
    params, mean = case(network, face_input, 3)
    kernel = np.asarray(params["head"]["kernel"], np.float64).reshape(24, 24, 3, 3)
    bias = np.asarray(params["head"]["bias"], np.float64)
    mean = np.asarray(mean, np.float64)[4:28, 4:28]
    scale = face_input.pixel_scale
    start = np.asarray(start_ascent(jnp.asarray(mean), 3, face_input, config).images, np.float64)
    best, logits = [], []
    for unit in range(3):
        x, gradient = start[unit], kernel[..., unit]
        found = []
        for iteration in range(iterations):
            x = (np.clip(x / scale + mean, low, high) - mean) * scale
            found.append((float((x * gradient).sum() + bias[unit]), x))
            rate = min(config.largest_rate * scale**2, config.progress / (gradient**2).sum())
            x = (x + rate * gradient) * (1 - config.decay)
            if config.blur and iteration % config.blur_every == 0:
                x = blurred(x, config.blur)
            norms = np.sqrt((x**2).sum(axis=2))
            x = np.where((norms < np.percentile(norms, 100 * config.small_norm))[..., None], 0, x)
        logits.append([logit for logit, _ in found])
        best.append(max(found, key=lambda one: one[0])[1])
    return np.stack(best), np.array(logits).T


@pytest.mark.parametrize(
    "settings", [{}, {"decay": 0.05, "blur": 0.7, "blur_every": 3, "largest_rate": 1e-3}]
)
def test_it_is_the_ascent_written_out(settings):
    config = PreferredFacesConfig(noise=40.0, progress=30.0, **settings)
    ascent, logits = maximised(LinearBackbone(), GREY, config, 9)
    best, expected = by_hand(GREY, config, 9, 0, 255)
    np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(ascent.best, best, rtol=1e-3, atol=2e-3)
    np.testing.assert_allclose(ascent.highest, expected.max(axis=0), rtol=1e-4)


@pytest.mark.parametrize(("face_input", "channels"), [(GREY, 3), (CONTRAST, 1)])
def test_every_unit_is_raised_and_chunks_are_one_ascent(face_input, channels):
    config = PreferredFacesConfig()
    whole, logits = maximised(SmallBackbone(), face_input, config, 20, channels=channels)
    parts, of_parts = maximised(SmallBackbone(), face_input, config, 7, 13, channels=channels)
    for one, other in zip((*whole, logits), (*parts, of_parts), strict=True):
        np.testing.assert_array_equal(one, other)
    assert (whole.highest > logits[0]).all()
    assert int(whole.iteration) == 20


def test_pictures_stay_within_what_faces_are_and_start_from_the_same_noise():
    config = PreferredFacesConfig(progress=1e6, largest_rate=1e6, blur=0.0)
    _, mean = case(LinearBackbone(), GREY, 3)
    start = np.asarray(start_ascent(mean, 3, GREY, config).images)
    assert start.std() == pytest.approx(10 * GREY.pixel_scale, rel=0.05)
    np.testing.assert_array_equal(start[0], start[2])
    ascent, _ = maximised(LinearBackbone(), GREY, config, 5)
    grey = np.asarray(ascent.best) / GREY.pixel_scale + np.asarray(mean)[None, 4:28, 4:28]
    assert grey.min() >= -1e-3 and grey.max() <= 255 + 1e-3
    assert (grey < 1).any() and (grey > 254).any()


def test_input_on_another_scale_gives_the_same_pictures():
    """Of a network whose weights make up for it."""
    network: Any = LinearBackbone()
    config = PreferredFacesConfig(largest_rate=0.5)
    pictures = []
    for scale in (1.0, 0.125):
        face_input = FaceInputConfig(face_size=32, crop=24, pixel_scale=scale)
        params, mean = case(network, face_input, 3)
        head = {**params["head"], "kernel": params["head"]["kernel"] / scale}
        ascent, _ = ascend(
            {"head": head},
            mean,
            start_ascent(mean, 3, face_input, config),
            network=network,
            face_input=face_input,
            config=config,
            iterations=6,
        )
        pictures.append(np.asarray(ascent.best) / scale)
    np.testing.assert_allclose(pictures[0], pictures[1], rtol=1e-3, atol=1e-2)
