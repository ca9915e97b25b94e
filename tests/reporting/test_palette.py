"""Colours of methods, against the formulas of WCAG and of colour blindness."""

import itertools

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from skimage.color import deltaE_ciede2000, rgb2lab

from au_jax.reporting.palette import DARK, LIGHT, colours_of, series_of

# G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A physiologically-based model for simulation
# of color vision deficiency", 2009, severity 1; on linear light.
SEEN = {
    "all colours": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}


def linear(colour):
    values = np.array(to_rgb(colour))
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    lights = sorted(linear(colour) @ [0.2126, 0.7152, 0.0722] for colour in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


@pytest.mark.parametrize(("palette", "ground"), [(LIGHT, "#ffffff"), (DARK, "#16181b")])
def test_colours_stand_out_from_their_ground(palette, ground):
    assert min(contrast(colour, ground) for colour in palette) >= 3


@pytest.mark.parametrize("sight", SEEN)
@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_methods_are_told_apart(palette, sight):
    light = np.clip([SEEN[sight] @ linear(colour) for colour in palette], 0, 1)
    seen = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    shades = rgb2lab(seen)
    # A difference of 1 is just seen side by side; thin lines on a page need far more.
    for one, other in itertools.combinations(shades, 2):
        assert deltaE_ciede2000(one, other) > 12
    for one, other in itertools.combinations(shades[:3], 2):
        assert deltaE_ciede2000(one, other) > 20


def test_methods_have_colours_of_their_own():
    methods = ["cnn", "lstm", "hybrid", "svm", "jpml", "cpm", "anet_t", "always_present"]
    assert sorted(series_of(methods).values()) == list(range(len(LIGHT)))
    assert series_of(["cnn_momu", "cnn"])["cnn"] == series_of(["cnn"])["cnn"]
    many = [f"cnn_{number}" for number in range(20)]
    assert set(colours_of(many).values()) == set(LIGHT)
