"""How long CPM takes for a fold, and how its F1 compares with a plain linear SVM's.

python tests/benchmarks/cpm_speed.py [--training=4000] [--features=200] [--subjects=20] \
[--frames=200] [--aus=12] [--noise=1.0] [--iterations=20]

Features are made up: each AU moves them along a direction of its own, each subject has an offset,
and the rest is noise that changes slowly, with a falling spectrum.
"""

import argparse
import dataclasses
import time

import numpy as np
from sklearn.svm import LinearSVC

from au_jax.methods.cpm.adaptation import subject_scores
from au_jax.methods.cpm.parallel import map_on_cores
from au_jax.methods.cpm.training import TrainedCpm, train_au, with_one
from au_jax.metrics import f1_frame
from au_jax.settings import CpmConfig


def _smooth(values: np.ndarray, frames: int) -> np.ndarray:
    kernel = np.ones(frames) / np.sqrt(frames)
    return np.apply_along_axis(lambda column: np.convolve(column, kernel, "same"), 0, values)


def _subject(
    rng: np.random.Generator, directions: np.ndarray, frames: int, noise: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return features `[frame, feature]` and labels `[frame, au]` of a made-up subject."""
    aus, features = directions.shape
    rates = np.linspace(0.1, 0.5, aus) * rng.uniform(0.5, 1.5, aus)
    course = _smooth(rng.normal(size=(frames, aus)), 15)
    labels = np.where(course > np.quantile(course, 1 - rates, axis=0).diagonal(), 1, -1)
    spectrum = np.arange(1, features + 1) ** -0.5
    offset = rng.normal(size=features) * spectrum
    slow = _smooth(rng.normal(size=(frames, features)), 5) * spectrum
    strength = rng.uniform(0.3, 1.0, aus)
    return (labels > 0) * strength @ directions + noise * (offset + slow), labels.astype(np.int8)


def main() -> None:
    """Print the times and F1 of a fold."""
    parser = argparse.ArgumentParser(description=__doc__)
    defaults = {"training": 4000, "features": 200, "subjects": 20, "frames": 200, "aus": 12}
    for name, value in {**defaults, "iterations": 20, "seed": 0}.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--noise", type=float, default=1.0)
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    config = dataclasses.replace(CpmConfig(), iterations=given.iterations)
    spectrum = np.arange(1, given.features + 1) ** -0.5
    directions = rng.normal(size=(given.aus, given.features)) * spectrum

    people = [
        _subject(rng, directions, given.frames, given.noise)
        for _ in range(given.subjects + -(-given.training // given.frames))
    ]
    learnt = np.concatenate([features for features, _ in people[given.subjects :]])
    mean, norm = learnt.mean(axis=0), np.sqrt(((learnt - learnt.mean(axis=0)) ** 2).sum(1).mean())
    samples = with_one((learnt - mean) / norm)
    labels = np.concatenate([labels for _, labels in people[given.subjects :]])

    start = time.perf_counter()
    confident, thresholds = zip(
        *map_on_cores(lambda column: train_au(samples, column, config), labels.T), strict=True
    )
    trained = TrainedCpm(samples, labels, np.stack(confident), np.array(thresholds))
    print(f"training          {time.perf_counter() - start:7.1f} s for {given.aus} AUs")
    start = time.perf_counter()
    tested = [with_one((features - mean) / norm) for features, _ in people[: given.subjects]]
    scores = [
        subject_scores(trained, test, np.zeros(len(test)), np.arange(len(test)), config)
        for test in tested
    ]
    print(f"test subjects     {time.perf_counter() - start:7.1f} s for {given.subjects}")
    known = np.concatenate([labels for _, labels in people[: given.subjects]])
    # Its penalty is half of ours, its sum of losses is ours times C.
    cost = 1 / (2 * config.regularisation)
    plain = [
        LinearSVC(C=cost, intercept_scaling=1)
        .fit(samples[:, :-1], column)
        .decision_function(np.concatenate(tested)[:, :-1])
        for column in labels.T
    ]
    print(f"mean F1 of CPM    {np.nanmean(f1_frame(known, np.concatenate(scores))):7.3f}")
    print(f"mean F1 of an SVM {np.nanmean(f1_frame(known, np.stack(plain, axis=1))):7.3f}")


if __name__ == "__main__":
    main()
