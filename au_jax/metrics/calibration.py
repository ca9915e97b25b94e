"""From scores to probabilities and thresholds, measured on people who did not train.

Probabilities are those of J. Platt, "Probabilistic outputs for support vector machines", 1999: a
logistic function of the score, its two numbers fitted to labels that are smoothed so that no score
becomes certain.
"""

import dataclasses
import enum
from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.special import expit, logit

from au_jax.metrics.smoothing import smoothed

BINS = 10
"""Bins of probability in which `calibration_error` compares what is said with what is so."""


class Threshold(enum.StrEnum):
    """From which score on an AU counts as present."""

    DEFAULT = "default"
    """0, as the methods are trained."""
    F1 = "f1"
    """Where F1-frame is highest."""
    EQUAL_ERROR = "equal_error"
    """Where absent frames are mistaken as often as present ones."""


@dataclasses.dataclass(frozen=True)
class Calibration:
    """What scores of a detector mean.

    Attributes:
        slope: float64 `[au]`, at least 0; probabilities are `1 / (1 + exp(-(slope s + offset)))`.
        offset: float64 `[au]`.
        thresholds: kind of decision to scores, float64 `[au]`.
        frames: int64 `[au]`, labelled frames that it was fitted on.
        smoothing: seconds over which scores are averaged before any of this holds, see
            `metrics.smoothing`; 0 leaves them.
    """

    slope: np.ndarray
    offset: np.ndarray
    thresholds: Mapping[Threshold, np.ndarray]
    frames: np.ndarray
    smoothing: float = 0.0

    def smoothed(self, scores: np.ndarray, times: np.ndarray, recordings: np.ndarray) -> np.ndarray:
        """Return scores of frames over time as everything else here takes them.

        Args:
            scores: real `[frame, au]`.
            times: float `[frame]`, presentation times in seconds.
            recordings: `[frame]`, the recording of each frame, whose frames lie together.
        """
        return smoothed(scores, times, recordings, self.smoothing)

    def probabilities(self, scores: np.ndarray) -> np.ndarray:
        """Return the probabilities of scores, float32 `[frame, au]`."""
        return expit(self.slope * scores + self.offset).astype(np.float32)

    def margins(self, scores: np.ndarray, kind: Threshold) -> np.ndarray:
        """Return how far scores are above the thresholds, float32 `[frame, au]`; present above 0.

        Widths below that of float32 do not turn a decision.
        """
        margins = scores - self.thresholds[kind]
        least = np.finfo(np.float32).tiny
        return np.where(margins > 0, np.maximum(margins, least), margins).astype(np.float32)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "slope": self.slope.tolist(),
            "offset": self.offset.tolist(),
            "thresholds": {kind.value: at.tolist() for kind, at in self.thresholds.items()},
            "frames": self.frames.tolist(),
            "smoothing_seconds": self.smoothing,
        }

    @staticmethod
    def from_json(content: Mapping[str, Any]) -> "Calibration":
        """Return what `to_json` gave.

        Raises:
            KeyError: if something is missing.
            ValueError: if a threshold is of an unknown kind.
        """
        return Calibration(
            slope=np.array(content["slope"], np.float64),
            offset=np.array(content["offset"], np.float64),
            thresholds={
                Threshold(kind): np.array(at, np.float64)
                for kind, at in content["thresholds"].items()
            },
            frames=np.array(content["frames"], np.int64),
            smoothing=float(content.get("smoothing_seconds", 0)),
        )


def uncalibrated(num_aus: int) -> Calibration:
    """Return what scores mean where nobody has measured it: logits, with the decision at 0."""
    zeros = np.zeros(num_aus)
    thresholds = dict.fromkeys(Threshold, zeros)
    return Calibration(np.ones(num_aus), zeros, thresholds, np.zeros(num_aus, np.int64))


def fit_calibration(labels: np.ndarray, scores: np.ndarray) -> Calibration:
    """Measure what scores mean.

    An AU that is never or always present among the labels keeps the thresholds 0, and its
    probability is the smoothed base rate.

    Args:
        labels: int8 `[frame, au]` in {−1, 0, +1}, of people who did not train.
        scores: real `[frame, au]`.

    Raises:
        ValueError: if the shapes differ.
    """
    if labels.shape != scores.shape:
        raise ValueError(f"labels {labels.shape} and scores {scores.shape} differ in shape")
    num_aus = labels.shape[1]
    lines, thresholds = np.zeros((num_aus, 2)), np.zeros((num_aus, 2))
    for au in range(num_aus):
        known = labels[:, au] != 0
        of_au = np.asarray(scores[known, au], np.float64)
        present = labels[known, au] > 0
        lines[au] = _platt(present, of_au)
        if present.any() and not present.all():
            thresholds[au] = _best_thresholds(present, of_au)
    return Calibration(
        slope=lines[:, 0],
        offset=lines[:, 1],
        thresholds={
            Threshold.DEFAULT: np.zeros(num_aus),
            Threshold.F1: thresholds[:, 0],
            Threshold.EQUAL_ERROR: thresholds[:, 1],
        },
        frames=(labels != 0).sum(axis=0),
    )


def _platt(present: np.ndarray, scores: np.ndarray) -> tuple[float, float]:
    """Return slope and offset; slope 0 where higher scores do not mean likelier."""
    from sklearn.linear_model import LogisticRegression

    positives, negatives = int(present.sum()), int((~present).sum())
    chance = float(logit((positives + 1) / (positives + negatives + 2)))
    spread = scores.std() if len(scores) else 0.0
    if not (positives and negatives and spread > 0):
        return 0.0, chance
    # Every frame counts as present by its smoothed label, and as absent by the rest.
    soft = np.where(present, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    middle = scores.mean()
    standard = ((scores - middle) / spread)[:, None]
    fitted = LogisticRegression(C=np.inf, max_iter=1000).fit(
        np.concatenate([standard, standard]),
        np.repeat([True, False], len(scores)),
        sample_weight=np.concatenate([soft, 1 - soft]),
    )
    slope = float(fitted.coef_[0, 0] / spread)
    if slope <= 0:
        return 0.0, chance
    return slope, float(fitted.intercept_[0] - slope * middle)


def _best_thresholds(present: np.ndarray, scores: np.ndarray) -> tuple[float, float]:
    """Return the thresholds of the highest F1 and of equal errors, between two scores each."""
    values, of_frame = np.unique(scores, return_inverse=True)
    hits = np.bincount(of_frame, present)[::-1].cumsum()  # when all from a value up are detected
    detected = np.bincount(of_frame)[::-1].cumsum()
    positives, negatives = present.sum(), (~present).sum()
    f1 = 2 * hits / (detected + positives)
    misses, false_alarms = 1 - hits / positives, (detected - hits) / negatives
    below = np.concatenate([[values[0] - 1], values[:-1]])
    between = ((values + below) / 2)[::-1]
    best, equal = f1.argmax(), np.abs(misses - false_alarms).argmin()
    return float(between[best]), float(between[equal])


@dataclasses.dataclass(frozen=True)
class Reliability:
    """How often an AU is present where a detector says that it is with some probability.

    Attributes:
        said: float64 `[bin]`, the mean probability; NaN in an empty bin.
        present: float64 `[bin]`, the share of present labels.
        count: int64 `[bin]`, labels in the bin.
    """

    said: np.ndarray
    present: np.ndarray
    count: np.ndarray

    @property
    def error(self) -> float:
        """The expected calibration error, from 0 to 1; NaN without labels."""
        if not self.count.sum():
            return float("nan")
        gaps = np.nan_to_num(np.abs(self.said - self.present))
        return float((gaps * self.count).sum() / self.count.sum())


def reliability(labels: np.ndarray, probabilities: np.ndarray) -> Reliability:
    """Compare probabilities with labels in bins of equal width.

    Args:
        labels: int8 in {−1, 0, +1}, any shape.
        probabilities: real, the same shape; where NaN nothing counts.
    """
    known = (labels != 0) & np.isfinite(probabilities)
    said, present = probabilities[known].astype(np.float64), labels[known] > 0
    bins = np.minimum((said * BINS).astype(np.int64), BINS - 1)
    count = np.bincount(bins, minlength=BINS)
    empty = np.full(BINS, np.nan)
    mean_said, mean_present = (
        np.divide(np.bincount(bins, values, BINS), count, out=empty.copy(), where=count > 0)
        for values in (said, present.astype(np.float64))
    )
    return Reliability(mean_said, mean_present, count)


def calibration_error(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Return the expected calibration error of each AU, float64 `[au]`; NaN where undefined.

    M. P. Naeini, G. Cooper, M. Hauskrecht, "Obtaining well calibrated probabilities using Bayesian
    binning", AAAI 2015; ten bins of equal width.
    """
    columns = range(labels.shape[1])
    return np.array([reliability(labels[:, au], probabilities[:, au]).error for au in columns])
