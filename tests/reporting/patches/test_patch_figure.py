import dataclasses

import numpy as np
from matplotlib.colors import to_hex
from matplotlib.patches import Circle

from au_jax.detector.jpml import JpmlModel, Standardisation
from au_jax.faces.mean_shape import MEAN_SHAPE, STABLE_POINTS
from au_jax.reporting.patches.figure import patch_figure


def model_with(norms):
    """A model whose patches of two features have given norms `[patch, au]`."""
    norms = np.asarray(norms, np.float32)
    one, nothing = np.ones(2 * len(norms), np.float32), np.zeros((2, 2), np.float32)
    return JpmlModel(
        group=np.repeat(np.arange(len(norms)), 2),
        standardisation=Standardisation(one, one),
        weights=np.repeat(norms, 2, axis=0) / np.float32(np.sqrt(2)),
        intercepts=np.zeros(2, np.float32),
        alpha=0.1,
        beta=0.0,
        objectives=one,
        positive=nothing,
        negative=nothing,
        tried=[[0.1, 0.0, 0.5]],
    )


def landmarks(chosen):
    norms = np.zeros((49, 2))
    for au, values in enumerate(chosen):
        for landmark, norm in values.items():
            norms[landmark, au] = norm
    return norms


def circles(axis):
    found = [patch for patch in axis.patches if isinstance(patch, Circle)]
    return {tuple(circle.center): circle for circle in found}


def test_dots_lie_on_the_selected_landmarks_and_grow_with_importance():
    figure = patch_figure([model_with(landmarks([{3: 2.0, 30: 0.5}, {}]))], (1, 12))
    assert figure is not None
    brow, empty = figure.axes[:2]
    points = MEAN_SHAPE[STABLE_POINTS]
    dots = circles(brow)
    assert set(dots) == {tuple(points[3]), tuple(points[30])}
    large, small = dots[tuple(points[3])], dots[tuple(points[30])]
    assert large.radius == 16 and small.radius == 8
    assert to_hex(large.get_facecolor()) != to_hex(small.get_facecolor())
    assert brow.get_title() == "AU01: 2 of 49" and empty.get_title() == "AU12: 0 of 49"
    assert not circles(empty)


def test_importance_is_the_mean_over_folds():
    norms = landmarks([{3: 2.0, 30: 1.0}, {7: 1.0}])
    figure = patch_figure([model_with(norms), model_with(landmarks([{3: 5.0}, {7: 1.0}]))], (1, 12))
    assert figure is not None
    points = MEAN_SHAPE[STABLE_POINTS]
    dots = circles(figure.axes[0])
    assert dots[tuple(points[3])].radius == 16 and dots[tuple(points[30])].radius == 8
    assert figure.axes[0].get_title() == "AU01: 2 of 49"


def test_a_face_of_any_size_lies_under_the_landmarks():
    models = [model_with(landmarks([{3: 1.0}, {}]))]
    for face in (np.full((100, 100, 3), 80.0), np.full((200, 200), 80)):
        figure = patch_figure(models, (1, 12), face)
        assert figure is not None
        (image,) = figure.axes[0].images
        assert tuple(image.get_extent()) == (-0.5, 199.5, 199.5, -0.5)


def test_patches_elsewhere_are_not_drawn():
    assert patch_figure([model_with(np.ones((12, 2)))], (1, 12)) is None
    assert patch_figure([dataclasses.replace(model_with(np.ones((49, 2))))], (1, 12)) is not None
