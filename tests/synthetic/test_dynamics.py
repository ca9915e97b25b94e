"""When units are active and how strongly: against closed forms, SciPy and the figures of BP4D."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from au_jax.facs import PAPER_AUS
from au_jax.synthetic.dynamics import activity, coder, events, statistics
from au_jax.synthetic.presets import PRESETS
from au_jax.synthetic.recording import simulate_labels

SUBJECTS = 90


@pytest.fixture(scope="module")
def simulated():
    """Labels of 90 subjects with 8 recordings as long as those of BP4D."""
    return simulate_labels(
        PRESETS["bp4d_like"],
        subjects=SUBJECTS,
        recordings_per_subject=statistics.RECORDINGS_PER_SUBJECT,
        seconds=statistics.MEAN_SECONDS,
        seed=11,
    )


@pytest.fixture(scope="module")
def present(simulated):
    """Presence per recording, bool `[recordings, frames, 12]`."""
    recordings = simulated.recordings[-1] + 1
    return simulated.labels.reshape(recordings, -1, len(PAPER_AUS)) > 0


def exceed_together(a, b, r):
    """SciPy's integral of the bivariate normal distribution, independent of ours."""
    covariance: Any = [[1.0, r], [r, 1.0]]  # SciPy's stubs know only a number here
    return stats.multivariate_normal(cov=covariance).cdf([-a, -b])


@given(a=st.floats(-1.5, 1.5), b=st.floats(-1.5, 1.5), r=st.floats(-0.9, 0.9))
def test_both_exceed_agrees_with_scipy(a, b, r):
    wanted = exceed_together(a, b, r)
    assert activity.both_exceed(a, b, r) == pytest.approx(wanted, abs=1e-4)


@given(p=st.floats(0.05, 0.9), q=st.floats(0.05, 0.9), r=st.floats(-0.8, 0.8))
def test_tetrachoric_inverts_the_bivariate_normal(p, q, r):
    a, b = stats.norm.isf(p), stats.norm.isf(q)
    together = exceed_together(a, b, r)
    phi = (together - p * q) / np.sqrt(p * (1 - p) * q * (1 - q))
    assert activity.tetrachoric(p, q, phi) == pytest.approx(r, abs=0.01)


def test_smooth_process_has_unit_variance_and_gaussian_correlation():
    process = activity.smooth_process(np.random.default_rng(0), 400, 4000, 10.0)
    assert process.shape == (400, 4000)
    np.testing.assert_allclose(process.std(axis=1), 1.0, atol=0.06)
    for lag in (5, 10, 20, 40):
        found = np.mean(process[100] * process[100 + lag])
        assert found == pytest.approx(np.exp(-((lag / 20.0) ** 2)), abs=0.06)


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_runs_rebuild_the_mask(mask):
    mask = np.array(mask)
    rebuilt = np.zeros(len(mask), bool)
    previous_end = -1
    for first, end in activity.runs(mask):
        assert previous_end < first < end  # apart, and not empty
        rebuilt[first:end] = True
        previous_end = end
    np.testing.assert_array_equal(rebuilt, mask)


def test_short_pauses_are_bridged_and_short_activity_dropped():
    drive = np.full(100, -1.0)
    drive[10:30] = drive[32:50] = drive[70:72] = 1.0
    assert activity.active_runs(drive, 25) == [(10, 50)]


def test_base_rates_are_those_of_bp4d(present):
    rates = present.mean(axis=(0, 1))
    # Subjects differ by SUBJECT_RATE_STD and recordings besides, so the mean of all still varies.
    error = 1.3 * statistics.SUBJECT_RATE_STD / np.sqrt(SUBJECTS)
    assert np.all(np.abs(rates - statistics.BASE_RATE) < 3.5 * error)
    assert np.mean(np.abs(rates - statistics.BASE_RATE)) < 0.025


def test_subjects_differ_as_in_bp4d(present):
    spread = present.reshape(SUBJECTS, -1, len(PAPER_AUS)).mean(axis=1).std(axis=0)
    np.testing.assert_allclose(spread, statistics.SUBJECT_RATE_STD, atol=0.035)


def test_units_occur_together_as_in_bp4d(present):
    found = np.corrcoef(present.reshape(-1, len(PAPER_AUS)).T)
    below = np.tril_indices(len(PAPER_AUS), -1)
    difference = np.abs(found - statistics.PHI)[below]
    assert difference.mean() < 0.025 and difference.max() < 0.09
    clear = np.abs(statistics.PHI[below]) > 0.1
    assert np.all(np.sign(found[below][clear]) == np.sign(statistics.PHI[below][clear]))


def test_as_many_units_are_active_at_once_as_in_bp4d(present):
    found = np.bincount(present.sum(axis=-1).ravel(), minlength=13) / present[..., 0].size
    np.testing.assert_allclose(found, statistics.ACTIVE_UNITS, atol=0.025)


def test_lengths_and_numbers_of_events_are_those_of_bp4d(present):
    recordings = len(present)
    for unit, au in enumerate(PAPER_AUS):
        there = [e - f for one in present for f, e in activity.runs(one[:, unit])]
        away = [e - f for one in present for f, e in activity.runs(~one[:, unit])]
        ratios = {
            "length": np.median(there) / statistics.MEDIAN_PRESENT[unit],
            "pause": np.median(away) / statistics.MEDIAN_ABSENT[unit],
            "number": len(there) / recordings * 328 / statistics.EVENTS[unit],
        }
        for what, ratio in ratios.items():
            assert 0.6 < ratio < 1.6, f"AU{au} {what} {ratio:.2f}"


def test_some_recordings_are_without_a_unit_as_in_bp4d(present):
    np.testing.assert_allclose((~present).all(axis=1).mean(axis=0), statistics.NEVER, atol=0.1)
    np.testing.assert_allclose(present.all(axis=1).mean(axis=0), statistics.ALWAYS, atol=0.12)


def test_gft_preset_has_its_rarer_units():
    labels = simulate_labels(
        PRESETS["gft_like"], subjects=300, recordings_per_subject=1, seconds=20.0, seed=4
    ).labels
    rates = np.mean(labels > 0, axis=0)[[PAPER_AUS.index(au) for au in (1, 2, 4, 15)]]
    np.testing.assert_allclose(rates, [0.09, 0.11, 0.035, 0.09], atol=0.025)


@pytest.mark.parametrize("rate", [25, 30])
def test_an_event_rises_within_half_a_second_and_falls_more_slowly(rate):
    drive = np.full((20 * rate, 200), -3.0)
    drive[5 * rate : 15 * rate] = 2.0
    strength = events.intensities(drive, np.random.default_rng(0), rate)
    rise, fall = [], []
    for unit in strength.T:
        peak = np.median(unit[8 * rate : 12 * rate])
        rise.append(np.flatnonzero(unit > 0.5 * peak)[0] - np.flatnonzero(unit > 0.05)[0])
        fall.append(np.flatnonzero(unit > 0.05)[-1] - np.flatnonzero(unit > 0.5 * peak)[-1])
    assert min(rise) >= 1 and max(rise) < 0.5 * rate
    assert 0.6 * rate > max(fall) > max(rise)
    assert np.mean(fall) > 1.3 * np.mean(rise)
    above = strength > events.TRACE
    assert np.all(above[5 * rate + 1 : 15 * rate - 1])
    assert not np.any(above[: 5 * rate - 1]) and not np.any(above[15 * rate + 1 :])


def test_intensities_stay_within_their_range(simulated):
    assert simulated.intensities.min() >= 0.0 and simulated.intensities.max() <= 1.0
    counted = simulated.intensities[simulated.labels > 0]
    # Subtle and strong events both occur, and most lie between.
    assert np.mean(counted < 0.3) > 0.08 and np.mean(counted > 0.7) > 0.08
    assert 0.35 < np.median(counted) < 0.6


def test_the_coder_errs_by_a_frame_or_two_at_the_borders():
    truth = np.zeros((200, 400))
    truth[60:140] = 0.5
    labels = coder.code(truth, np.random.default_rng(1), 25)
    onsets = np.argmax(labels > 0, axis=0) - 60
    offsets = 200 - np.argmax(labels[::-1] > 0, axis=0) - 140
    for errors in (onsets, offsets):
        assert abs(errors.mean()) < 0.2 and 0.7 < errors.std() < 1.4
        assert np.abs(errors).max() <= 5


def test_the_coder_misses_only_some_brief_events():
    truth = np.zeros((60, 1000))
    truth[30:34] = 0.5
    brief = np.mean(np.any(coder.code(truth, np.random.default_rng(1), 25) > 0, axis=0))
    assert 0.6 < brief < 0.7
    truth[20:40] = 0.5
    assert np.all(np.any(coder.code(truth, np.random.default_rng(1), 25) > 0, axis=0))


def test_what_stays_below_a_trace_is_not_counted():
    labels = coder.code(np.full((50, 3), 0.9 * events.TRACE), np.random.default_rng(0), 25)
    assert np.all(labels == -1)
