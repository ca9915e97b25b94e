"""Temporal smoothness of the scores of one person's recordings, L = DᵀD of the CPM paper.

Row i of D compares the score of frame i with the weighted mean of its neighbours' scores. D is
sparse and L is never built: what is needed is XᵀLX = (DX)ᵀ(DX).
"""

import dataclasses

import numpy as np
from scipy import sparse

_DEVIATIONS = 2.5
"""The window reaches so many standard deviations, as MATLAB's gausswin."""
_PAIRS_AT_ONCE = 4096


@dataclasses.dataclass(frozen=True)
class TemporalNeighbours:
    """Pairs of frames of one recording that are near in time, each pair once.

    Attributes:
        first: int64 `[pair]`, the earlier frame.
        second: int64 `[pair]`, the later frame.
        closeness: float64 `[pair]`, Gaussian of the time between them.
        distance: float64 `[pair]`, squared distance of their features.
    """

    first: np.ndarray
    second: np.ndarray
    closeness: np.ndarray
    distance: np.ndarray


def temporal_neighbours(
    samples: np.ndarray, recording: np.ndarray, frame: np.ndarray, window: int
) -> TemporalNeighbours:
    """Return which frames are neighbours; their features never change, so this is done once.

    Args:
        samples: float64 `[frame, feature]`; frames without a face are left out.
        recording: integers `[frame]`; the frames of a recording lie together.
        frame: integers `[frame]`, their numbers, increasing within a recording. Where frames were
            left out, those around are as far apart as their numbers say.
        window: frames before and after that count, T.
    """
    earlier = np.repeat(np.arange(len(samples)), window)
    later = earlier + np.tile(np.arange(1, window + 1), len(samples))
    inside = later < len(samples)
    earlier, later = earlier[inside], later[inside]
    apart = frame[later].astype(np.int64) - frame[earlier]
    near = (recording[earlier] == recording[later]) & (apart <= window)
    earlier, later, apart = earlier[near], later[near], apart[near]
    return TemporalNeighbours(
        first=earlier,
        second=later,
        closeness=np.exp(-0.5 * (_DEVIATIONS * apart / window) ** 2),
        distance=_squared_distances(samples, earlier, later),
    )


def comparison(count: int, neighbours: TemporalNeighbours, limit: float) -> sparse.csr_array:
    """Return D, sparse `[frame, frame]`; its rows sum to 0.

    Args:
        count: number of frames.
        neighbours: of these frames.
        limit: largest squared distance of two frames that should score alike. A frame with no such
            neighbour has nothing to be compared with: its row is 0.
    """
    alike = neighbours.distance <= limit
    first, second = neighbours.first[alike], neighbours.second[alike]
    closeness = neighbours.closeness[alike]
    rows, columns = np.concatenate([first, second]), np.concatenate([second, first])
    values = np.tile(closeness, 2)
    total = np.bincount(rows, values, minlength=count)
    compared = np.flatnonzero(total > 0)
    return sparse.csr_array(
        (
            np.concatenate([np.ones(len(compared)), -values / total[rows]]),
            (np.concatenate([compared, rows]), np.concatenate([compared, columns])),
        ),
        shape=(count, count),
    )


def smoothness_matrix(
    samples: np.ndarray, neighbours: TemporalNeighbours, limit: float
) -> np.ndarray:
    """Return XᵀLX, float64 `[feature, feature]`; arguments as of `comparison`."""
    differences = comparison(len(samples), neighbours, limit) @ samples
    return differences.T @ differences


def _squared_distances(samples: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    # In parts, as all pairs would hold every feature vector `window` times.
    parts = np.array_split(np.arange(len(first)), 1 + len(first) // _PAIRS_AT_ONCE)
    return np.concatenate(
        [((samples[first[part]] - samples[second[part]]) ** 2).sum(axis=1) for part in parts]
    )
