"""How much features differ between the tested people (the paper's Figure 4)."""

import numpy as np

from au_jax.analysis.subject_invariance import (
    Interval,
    as_distributions,
    between_to_own,
    group_means,
    js_divergence,
    log_difference,
    log_divergence,
    pairwise_divergences,
)
from au_jax.datasets.row_selection import spread_over_subjects
from au_jax.errors import InputError
from au_jax.metrics.over_subjects import resampled_weights
from au_jax.pipeline.analyses.analysis import Analysis, FoldView
from au_jax.pipeline.analyses.frame_features import (
    FC7,
    KINDS,
    Features,
    computed_features,
    fc7_features,
    of_files,
    own_features,
    shown_rows,
)
from au_jax.reporting.learned.measured import Arrays
from au_jax.reporting.learned.subject_invariance import subject_invariance_sections
from au_jax.settings.analyses import SUBJECT_INVARIANCE


def _measure(view: FoldView) -> Arrays:
    config, table = view.config.subject_invariance, view.run.dataset.frames
    files = own_features(view.feature_files, view.run.dataset.frames)
    rows = spread_over_subjects(table, shown_rows(view, files), config.frames_per_subject)
    people, person = np.unique(table.subject[rows], return_inverse=True)
    if len(people) < 2:
        raise InputError(
            f"the analysis {SUBJECT_INVARIANCE} compares people, but {len(people)} is tested; "
            "leave it out of --analyses or test more people"
        )
    sources = computed_features(view, KINDS) | of_files(files) | fc7_features(view)
    found = [_divergences(source, rows, person) for source in sources.values()]
    divergences = np.array([between for between, _ in found])
    own = np.array([of_halves for _, of_halves in found])
    weights = resampled_weights(len(people), config.resamples, seed=0)
    intervals = [log_divergence(one, weights) for one in divergences]
    learned = divergences[list(sources).index(FC7)]
    leads = [log_difference(one, learned, weights) for one in divergences]
    multiples = [between_to_own(*one, weights) for one in zip(divergences, own, strict=True)]
    return {
        "data": np.array(view.tested_on),
        "kinds": np.array(list(sources)),
        "subjects": np.array(table.subjects)[people],
        "frames": np.bincount(person),
        "divergences": divergences,
        "own_divergences": own,
        "log": _as_array(intervals),
        "log_minus_fc7": _as_array(leads),
        "between_to_own": _as_array(multiples),
    }


def _divergences(
    source: Features, rows: np.ndarray, person: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the divergence of every two people, and of the two halves of each one's frames.

    Args:
        source: gives the features.
        rows: int64 `[row]`, of the frames table.
        person: int `[row]`, whose frame it is, from 0.
    """
    count = person.max() + 1
    half = np.zeros(len(rows), np.int64)
    frames = np.bincount(person, minlength=count)
    for one in range(count):
        half[np.flatnonzero(person == one)[(frames[one] + 1) // 2 :]] = 1
    groups = 2 * person + half
    halves = group_means(source(rows), groups, 2 * count)
    shares = np.bincount(groups, minlength=2 * count).reshape(count, 2, 1) / frames[:, None, None]
    first, second = halves[::2], halves[1::2]
    means = (shares * np.nan_to_num(halves).reshape(count, 2, -1)).sum(axis=1)
    alone = frames < 2
    own = js_divergence(as_distributions(first), as_distributions(np.nan_to_num(second)))
    return pairwise_divergences(as_distributions(means)), np.where(alone, np.nan, own)


def _as_array(intervals: list[Interval]) -> np.ndarray:
    """Return value, low and high, float64 `[interval, 3]`."""
    return np.array([(one.value, one.low, one.high) for one in intervals])


ANALYSIS = Analysis(
    name=SUBJECT_INVARIANCE,
    needs=("cnn", "anet_t"),
    settings=lambda config: config.subject_invariance,
    measure=_measure,
    sections=subject_invariance_sections,
)
