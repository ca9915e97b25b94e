"""What SVM, JPML and CNN lose when test faces are aligned less well than training faces.

    python tests/benchmarks/moved_faces.py --experiment=synthetic_table1 --fold=0

Takes the models of a finished run (`--data_dir`, `--workdir` as in `au_jax.main`), turns, scales
and shifts each test face at random, up to the bounds in each row, and prints the mean F1-frame.
Features are computed anew from the moved faces at the places where the landmarks were, as a tracker
that errs by so much would have it.
"""

import argparse

import numpy as np
from etils import epath

from au_jax.detector.detector import Detector
from au_jax.faces.affine_warp import warp_faces
from au_jax.faces.mean_shape import INTER_OCULAR_DISTANCE
from au_jax.metrics import f1_frame, mean_over_aus
from au_jax.pipeline.data import open_protocol
from au_jax.runs.configuration import read_experiment
from au_jax.runs.layout import RunFolder

_METHODS = ("svm", "jpml", "cnn")
_AT_ONCE = 512
_BOUNDS = ((0.0, 0.0, 0.0), (3.0, 0.03, 0.05), (6.0, 0.06, 0.10))
"""Degrees, relative size, and shift as a share of the distance of the eyes."""


def _moves(
    count: int, size: int, bounds: tuple[float, float, float], rng: np.random.Generator
) -> np.ndarray:
    """Return random similarities around the middle of the face, float64 `[count, 2, 3]`."""
    degrees, zoom, shift = bounds
    angle = np.deg2rad(rng.uniform(-degrees, degrees, count))
    scale = 1 + rng.uniform(-zoom, zoom, count)
    # The eyes of the mean shape are given for faces of 200 pixels.
    pixels = shift * INTER_OCULAR_DISTANCE * size / 200
    cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
    linear = np.stack([np.stack([cosine, -sine], -1), np.stack([sine, cosine], -1)], 1)
    middle = np.full(2, (size - 1) / 2)
    offset = middle - linear @ middle + rng.uniform(-pixels, pixels, (count, 2))
    return np.concatenate([linear, offset[:, :, None]], axis=2)


def main() -> None:
    """Print a row for each set of bounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--experiment", default="synthetic_table1")
    parser.add_argument("--data_dir", default="data")
    parser.add_argument("--workdir", default="runs")
    parser.add_argument("--fold", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    run = RunFolder(epath.Path(given.workdir) / given.experiment)
    protocol = open_protocol(read_experiment(run), given.data_dir)
    table, test = protocol.dataset.frames, protocol.folds[given.fold].test
    detectors = {name: Detector.load(run.fold(given.fold), name) for name in _METHODS}
    landmarks = None if table.landmarks is None else table.landmarks[test]
    still = protocol.dataset.faces[test]
    size = len(still[0])
    for bounds in _BOUNDS:
        moves = _moves(len(still), size, bounds, np.random.default_rng(given.seed))
        parts = [slice(first, first + _AT_ONCE) for first in range(0, len(still), _AT_ONCE)]
        moved = np.concatenate([warp_faces(list(still[part]), moves[part], size) for part in parts])
        means = {
            name: mean_over_aus(
                f1_frame(
                    table.labels[test], detector.scores(moved, table.recording[test], landmarks)
                )
            )
            for name, detector in detectors.items()
        }
        found = ", ".join(f"{name} {100 * mean:.1f}" for name, mean in means.items())
        degrees, zoom, shift = bounds
        print(
            f"{degrees:.0f} degrees, {zoom:.0%} of size, {shift:.0%} of the eye distance: {found}"
        )


if __name__ == "__main__":
    main()
