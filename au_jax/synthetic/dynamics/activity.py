"""When action units are active: a latent Gaussian process for each, cut at a threshold.

The latent value of a unit is the sum of a part that belongs to the subject, one that belongs to the
recording, and three processes that vary slowly, at a medium pace and fast. A unit is active while
its value exceeds the threshold that gives its base rate. The shares of the five parts are
calibrated so that the lengths of activity and of pauses, the share of recordings without the unit
and the spread over subjects come out as in BP4D. The parts of different units are correlated so
that the phi coefficient of each pair comes out too (tetrachoric correlation: K. Pearson, Phil.
Trans. R. Soc. A 195, 1900).
"""

import functools
import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from au_jax.synthetic.dynamics import statistics

TIME_SCALES = (3.2, 0.55, 0.14)
"""Standard deviation, in seconds, of the kernels of the slow, medium and fast process."""

# For each unit the shares of subject, recording, slow, medium and fast part.
_SHARES = np.array(
    [
        (0.210, 0.195, 0.443, 0.148, 0.004),
        (0.273, 0.118, 0.474, 0.126, 0.009),
        (0.175, 0.170, 0.480, 0.170, 0.005),
        (0.040, 0.207, 0.719, 0.030, 0.004),
        (0.176, 0.100, 0.702, 0.016, 0.006),
        (0.160, 0.356, 0.442, 0.037, 0.005),
        (0.070, 0.525, 0.375, 0.029, 0.001),
        (0.105, 0.370, 0.457, 0.066, 0.002),
        (0.263, 0.133, 0.209, 0.360, 0.036),
        (0.078, 0.273, 0.291, 0.278, 0.079),
        (0.130, 0.169, 0.131, 0.514, 0.056),
        (0.111, 0.072, 0.503, 0.305, 0.008),
    ]
)
_SHORTEST_ACTIVITY = 0.16
_SHORTEST_PAUSE = 0.12
_QUADRATURE = np.polynomial.legendre.leggauss(48)


class LatentModel(NamedTuple):
    """The process for one set of base rates.

    Attributes:
        thresholds: `[12]`.
        weights: `[12, 5]`, of subject, recording, slow, medium and fast part.
        mixing: `[12, 12]`, makes independent noise correlated.
    """

    thresholds: np.ndarray
    weights: np.ndarray
    mixing: np.ndarray


@functools.lru_cache(maxsize=8)
def latent_model(base_rates: tuple[float, ...]) -> LatentModel:
    """Return the process whose units are active for these shares of time, `[12]`."""
    shares = _SHARES / _SHARES.sum(axis=1, keepdims=True)
    weights = np.sqrt(shares)
    # The same correlation in each part gives less in the sum where the shares of two units differ.
    common = weights @ weights.T
    correlation = np.eye(len(base_rates))
    for i in range(len(base_rates)):
        for j in range(i):
            wanted = tetrachoric(base_rates[i], base_rates[j], statistics.PHI[i, j])
            correlation[i, j] = correlation[j, i] = wanted / common[i, j]
    values, vectors = np.linalg.eigh(correlation)
    mixing = vectors * np.sqrt(np.maximum(values, 0.01))
    mixing /= np.linalg.norm(mixing, axis=1, keepdims=True)
    thresholds = np.array([_normal_quantile(1.0 - rate) for rate in base_rates])
    return LatentModel(thresholds, weights, mixing)


def drive(
    model: LatentModel,
    subject: np.random.Generator,
    recording: np.random.Generator,
    frames: int,
    frames_per_second: float,
) -> np.ndarray:
    """Return by how much each unit's latent value exceeds its threshold, `[frames, 12]`.

    Args:
        model: the process.
        subject: source of the subject's part; the same in each of his or her recordings.
        recording: source of all else.
        frames: length of the recording.
        frames_per_second: of the recording.
    """
    units = len(model.thresholds)
    parts = [
        np.broadcast_to(subject.standard_normal(units), (frames, units)),
        np.broadcast_to(recording.standard_normal(units), (frames, units)),
    ]
    for scale in TIME_SCALES:
        parts.append(smooth_process(recording, frames, units, scale * frames_per_second))
    mixed = np.stack([part @ model.mixing.T for part in parts], axis=-1)
    return np.einsum("tus,us->tu", mixed, model.weights) - model.thresholds


def smooth_process(
    generator: np.random.Generator, frames: int, processes: int, spread: float
) -> np.ndarray:
    """Return independent smooth Gaussian processes of unit variance, `[frames, processes]`.

    White noise is smoothed by a Gaussian kernel, so that the correlation of two frames is
    exp(-(distance / 2 spread)²).
    """
    length = frames + math.ceil(10 * spread) + 1
    noise = generator.standard_normal((length, processes))
    frequency = np.fft.rfftfreq(length)
    response = np.exp(-2.0 * (np.pi * frequency * spread) ** 2)
    smoothed = np.fft.irfft(np.fft.rfft(noise, axis=0) * response[:, None], length, axis=0)
    energy = np.fft.irfft(response**2, length)[0]
    return smoothed[:frames] / math.sqrt(energy)


def active_runs(drive_of_unit: np.ndarray, frames_per_second: float) -> list[tuple[int, int]]:
    """Return when a unit is active, as (first frame, frame after the last).

    Pauses and activities too short for a face are bridged and dropped.

    Args:
        drive_of_unit: `[frames]`, one column of `drive`.
        frames_per_second: of the recording.
    """
    active = drive_of_unit > 0.0
    for value, shortest in ((False, _SHORTEST_PAUSE), (True, _SHORTEST_ACTIVITY)):
        for first, end in runs(active == value):
            inside = first > 0 and end < len(active)
            if inside and end - first < shortest * frames_per_second:
                active[first:end] = not value
    return runs(active)


def runs(mask: np.ndarray) -> list[tuple[int, int]]:
    """Return the runs of true values of `mask` `[n]` as (first, one after the last)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(first), int(end)) for first, end in edges.reshape(-1, 2)]


def tetrachoric(rate_a: float, rate_b: float, phi: float) -> float:
    """Return the correlation of two normal values that gives a phi coefficient.

    Args:
        rate_a: probability that the first value exceeds its threshold.
        rate_b: the same for the second.
        phi: Pearson correlation of the two exceedances.
    """
    spread = math.sqrt(rate_a * (1 - rate_a) * rate_b * (1 - rate_b))
    wanted = rate_a * rate_b + phi * spread
    a, b = _normal_quantile(1.0 - rate_a), _normal_quantile(1.0 - rate_b)
    low, high = -0.995, 0.995
    for _ in range(50):
        middle = 0.5 * (low + high)
        if both_exceed(a, b, middle) < wanted:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def both_exceed(a: float, b: float, correlation: float) -> float:
    """Return the probability that two standard normal values exceed `a` and `b`.

    Integrates the bivariate density over the correlation (Z. Drezner, G. O. Wesolowsky, J. Stat.
    Comput. Simul. 35, 1990).
    """
    nodes, weights = _QUADRATURE
    r = 0.5 * correlation * (nodes + 1.0)
    remaining = 1.0 - r**2
    density = np.exp(-(a * a - 2 * r * a * b + b * b) / (2 * remaining)) / np.sqrt(remaining)
    independent = _normal_tail(a) * _normal_tail(b)
    return independent + float(0.5 * correlation * weights @ density) / (2 * math.pi)


def _normal_tail(value: float) -> float:
    return 0.5 * math.erfc(value / math.sqrt(2.0))


def _normal_quantile(probability: float) -> float:
    return NormalDist().inv_cdf(probability)
