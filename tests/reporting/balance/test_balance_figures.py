import matplotlib.pyplot as plt
import numpy as np
import pytest
from etils import epath
from matplotlib.patches import Rectangle

from au_jax.analysis.label_balance import label_statistics, measure_label_balance
from au_jax.reporting.balance.figures import (
    MOST_BATCHES,
    MOST_LABELS,
    base_rate_figure,
    batch_figure,
)
from au_jax.reporting.figures import save_figure


def random_labels(rates, frames=600, seed=0):
    rng = np.random.default_rng(seed)
    return np.where(rng.random((frames, len(rates))) < rates, 1, -1).astype(np.int8)


def texts(axis):
    return [text.get_text() for text in axis.texts]


def bar_widths(axis):
    return [bar.get_width() for bar in axis.patches if isinstance(bar, Rectangle)]


def row_names(axis):
    return [label.get_text() for label in axis.get_yticklabels()]


def test_bars_are_as_long_as_the_base_rates_and_say_the_number():
    labels = random_labels([0.5, 0.2, 0.004])
    statistics = label_statistics(labels, ["AU01", "smile", "rare"])
    (axis,) = base_rate_figure({"mine": statistics}).axes
    assert bar_widths(axis) == statistics.base_rates.tolist()
    rates = (100 * (labels > 0).mean(axis=0)).tolist()
    assert texts(axis) == [f"{rates[0]:.1f} %", f"{rates[1]:.1f} %", f"{rates[2]:.2f} %"]
    assert row_names(axis) == ["AU01", "smile", "rare"]


def test_labels_of_several_data_sets_share_rows_by_name():
    first = label_statistics(random_labels([0.5, 0.2]), ["a", "b"])
    second = label_statistics(random_labels([0.3, 0.9]), ["c", "b"])
    left, right = base_rate_figure({"first": first, "second": second}).axes
    assert row_names(left) == ["a", "b", "c"]
    widths = [bar_widths(axis) for axis in (left, right)]
    assert widths[0] == [*first.base_rates, 0] and texts(left)[2] == "no labels"
    assert widths[1] == [0, second.base_rates[1], second.base_rates[0]]
    assert texts(right)[0] == "no labels"


def test_pictures_hold_the_counts_of_each_batch_with_the_rarest_label_on_top():
    labels = random_labels([0.5, 0.1, 0.3])
    measured = measure_label_balance(
        labels, ["a", "b", "c"], batch_size=30, seed=0, strategies=["random", "momu"]
    )
    figure = batch_figure(measured)
    pictures = [axis for axis in figure.axes if axis.images]
    assert len(pictures) == 2
    for axis, balance in zip(pictures, measured.balances.values(), strict=True):
        np.testing.assert_array_equal(axis.images[0].get_array(), balance.counts[:, [1, 2, 0]].T)
        assert row_names(axis) == ["b", "c", "a"]
        assert f"{balance.mean_variation:.3f}" in axis.get_title(loc="left")


def test_at_most_so_many_batches_and_labels_are_drawn():
    rates = np.linspace(0.2, 0.6, 100)
    names = [f"label {number}" for number in range(100)]
    measured = measure_label_balance(
        random_labels(rates), names, batch_size=2, seed=0, strategies=["random"]
    )
    (picture,) = (axis for axis in batch_figure(measured).axes if axis.images)
    drawn = picture.images[0].get_array()
    assert drawn is not None and drawn.shape == (MOST_LABELS, MOST_BATCHES)
    counts, present = measured.balances["random"].counts, measured.statistics.present
    assert drawn[0, 0] == counts[0, np.argmin(present)]
    assert drawn[-1, -1] == counts[-1, np.argmax(present)]
    assert row_names(picture) == ["rarest", "most frequent"]
    (bars,) = base_rate_figure({"many": measured.statistics}).axes
    assert len(bars.patches) == MOST_LABELS


@pytest.mark.parametrize("names", [["x", "y"], ["$^{", "very " * 20], ["<&>", "\\alpha"]])
def test_hard_cases_are_drawn_and_leave_no_figure_open(tmp_path, names):
    labels = np.array([[1, -1], [1, -1], [0, 0]], np.int8)
    measured = measure_label_balance(labels, names, batch_size=1, seed=0)
    for name, figure in (
        ("rates", base_rate_figure({names[0]: measured.statistics})),
        ("batches", batch_figure(measured)),
    ):
        assert save_figure(epath.Path(tmp_path), name, figure).startswith("<?xml")
    assert plt.get_fignums() == []
