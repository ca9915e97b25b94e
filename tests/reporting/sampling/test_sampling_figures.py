import json
import math

import numpy as np
import pytest
from etils import epath
from matplotlib.colors import to_hex

from au_jax import facs
from au_jax.reporting.sampling import figures as sampling_figures
from au_jax.reporting.sampling.figures import improvement_figure, training_curves, training_figure
from au_jax.reporting.sampling.ways import BALANCED_LOSS
from au_jax.runs.layout import RunFolder
from au_jax.settings import SamplingStrategy
from tests.made.results import made_results


def write_log(directory, fold, method, rows):
    """Write a log of steps and training F1."""
    path = directory / f"fold_{fold:02d}" / method / "metrics.jsonl"
    path.parent.mkdir(parents=True)
    lines = [json.dumps({"step": step, "training_f1_frame": f1}) for step, f1 in rows]
    path.write_text("\n".join(lines) + "\n")


def read_curves(tmp_path, folds, *methods):
    ways = {method: method.removeprefix("cnn_") for method in methods}
    return training_curves(RunFolder(epath.Path(tmp_path)), folds, ways)


def test_curves_are_the_mean_over_folds(tmp_path):
    write_log(tmp_path, 0, "cnn_momu", [(10, [0.1, 0.5]), (20, [0.3, 0.7])])
    write_log(tmp_path, 2, "cnn_momu", [(10, [0.3, 0.6]), (20, [0.5, 0.9])])
    write_log(tmp_path, 1, "cnn_momu", [(10, [1.0, 1.0])])  # another part's
    steps, values = read_curves(tmp_path, (0, 2), "cnn_momu")["momu"]
    assert steps.tolist() == [10, 20]
    np.testing.assert_allclose(values, [[0.2, 0.55], [0.4, 0.8]])


def test_folds_that_are_behind_shorten_the_curve_and_missing_ones_do_not_count(tmp_path):
    write_log(tmp_path, 0, "cnn_momu", [(10, [0.1]), (20, [0.3])])
    write_log(tmp_path, 1, "cnn_momu", [(10, [0.5])])
    steps, values = read_curves(tmp_path, (0, 1, 2), "cnn_momu")["momu"]
    assert steps.tolist() == [10]
    np.testing.assert_allclose(values, [[0.3]])


def test_undefined_f1_is_left_out_of_the_mean(tmp_path):
    write_log(tmp_path, 0, "cnn_momu", [(10, [None, None, 0.2])])
    write_log(tmp_path, 1, "cnn_momu", [(10, [None, 0.4, 0.4])])
    _, values = read_curves(tmp_path, (0, 1), "cnn_momu")["momu"]
    np.testing.assert_allclose(values, [[math.nan, 0.4, 0.3]])


def test_methods_that_logged_no_training_f1_have_no_curve(tmp_path):
    write_log(tmp_path, 0, "cnn_random", [(10, [0.5])])
    path = tmp_path / "fold_00/cnn_momu/metrics.jsonl"
    path.parent.mkdir()
    path.write_text('{"step": 10, "train_loss": 1.0}\n')
    assert set(read_curves(tmp_path, (0,), "cnn_random", "cnn_momu", "cnn")) == {"random"}


def made_curves(aus):
    rng = np.random.default_rng(0)
    steps = np.array([5, 10, 15])
    ways = ("random", "stratified", "momu")
    return {way: (steps, rng.random((3, aus))) for way in ways}


@pytest.mark.parametrize("aus", [(1,), (1, 2, 4, 6, 12), facs.PAPER_AUS])
def test_training_figure_has_a_panel_for_each_au_with_the_curves(aus):
    curves = made_curves(len(aus))
    figure = training_figure(curves, aus, "the title")
    shown = [axis for axis in figure.axes if axis.axison]
    assert [axis.get_title() for axis in shown] == [facs.column_name(au) for au in aus]
    for index, axis in enumerate(shown):
        lines = [line for line in axis.lines if len(np.asarray(line.get_xdata())) == 3]
        assert len(lines) == 3
        for line, (way, (steps, values)) in zip(lines, curves.items(), strict=True):
            np.testing.assert_array_equal(line.get_xdata(), steps)
            np.testing.assert_array_equal(line.get_ydata(), values[:, index])
            assert to_hex(line.get_color()) == sampling_figures.COLOURS[way]
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["random", "stratified", "MOMU"]
    assert figure.get_suptitle() == "the title"


def test_steps_stand_below_the_lowest_panel_of_each_column():
    figure = training_figure(made_curves(6), (1, 2, 4, 6, 7, 12), "title")
    named = [axis.get_title() for axis in figure.axes if axis.get_xlabel() == "step"]
    numbered = [
        axis.get_title()
        for axis in figure.axes
        if axis.axison and axis.xaxis.get_tick_params()["labelbottom"]
    ]
    # Four columns: AU01 and AU02 have panels below them.
    assert named == numbered == ["AU04", "AU06", "AU07", "AU12"]


def test_every_variant_has_a_colour_of_its_own():
    ways = {strategy.value for strategy in SamplingStrategy} | {BALANCED_LOSS}
    assert set(sampling_figures.COLOURS) == ways
    assert len(set(sampling_figures.COLOURS.values())) == len(SamplingStrategy) + 1


def bars_of(axis):
    """Heights of the bars by name, in the order of the AUs."""
    return {bars.get_label(): [bar.get_height() for bar in bars] for bars in axis.containers}


def strokes_of(axis):
    return next((line for line in axis.lines if "paper" in str(line.get_label())), None)


@pytest.mark.parametrize("trained_on", ["gft_like", "bp4d_like"])
def test_improvement_is_momu_minus_random_in_points(trained_on):
    results = made_results(trained_on=trained_on)
    (axis,) = improvement_figure([results]).axes
    bars = bars_of(axis)
    for metric, name in (("f1_frame", "F1-frame"), ("auc", "AUC")):
        momu, random = (results.methods[f"cnn_{way}"][metric].per_au for way in ("momu", "random"))
        np.testing.assert_allclose(bars[name], 100 * (momu - random))
    names = [text.get_text() for text in axis.get_xticklabels()]
    assert names == ["AU01", "AU12", "AU24"]
    assert f"trained on {trained_on}, tested on gft_like" in axis.get_title()


@pytest.mark.parametrize(
    ("dataset", "trained_on", "expected"),
    [
        # By hand from Tables 3 and 4: AU4 and AU2 between have no number for random sampling.
        ("gft_like", "gft_like", {1: 3, 4: 29, 12: 3, 24: 28}),
        ("gft_like", "bp4d_like", {1: 13, 2: 13, 12: -3, 24: 19}),
        ("bp4d_like", "bp4d_like", {1: 24, 4: 5, 12: 4, 24: 38}),
        ("bp4d_like", "gft_like", {1: 2, 4: 25, 14: 12, 24: 7}),
    ],
)
def test_strokes_are_what_the_paper_printed(dataset, trained_on, expected):
    results = made_results(dataset=dataset, trained_on=trained_on, aus=tuple(expected))
    (axis,) = improvement_figure([results]).axes
    strokes = strokes_of(axis)
    assert strokes is not None
    np.testing.assert_allclose(np.asarray(strokes.get_ydata()), list(expected.values()), atol=1e-6)


def test_no_strokes_for_other_data_sets_and_aus():
    (axis,) = improvement_figure([made_results(dataset="mine")]).axes
    assert strokes_of(axis) is None
    (axis,) = improvement_figure([made_results(aus=(1, 25))]).axes
    strokes = strokes_of(axis)
    assert strokes is not None
    assert np.isnan(np.asarray(strokes.get_ydata())).tolist() == [False, True]


def test_each_part_has_a_panel():
    parts = [made_results(), made_results(trained_on="bp4d_like", seed=1)]
    axes = improvement_figure(parts).axes
    assert len(axes) == 2
    for axis, part in zip(axes, parts, strict=True):
        gain = [part.methods[f"cnn_{way}"]["auc"].per_au for way in ("momu", "random")]
        np.testing.assert_allclose(bars_of(axis)["AUC"], 100 * (gain[0] - gain[1]))
