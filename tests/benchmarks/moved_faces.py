"""What SVM, JPML and CNN lose when test faces are aligned less well than training faces.

    python tests/benchmarks/moved_faces.py --experiment=synthetic_table1 --fold=0

Takes the models of a finished run (`--data_dir`, `--workdir` as in `au_jax.main`), turns, scales
and shifts each test face at random, up to the bounds in each row, and prints the mean F1-frame.
Features are computed anew from the moved faces at the places where the landmarks were, as a tracker
that errs by so much would have it.
"""

import argparse
import dataclasses
import tempfile

import numpy as np
from au_jax.methods.cnn_scoring import logits_of
from au_jax.methods.fold_features import fold_features, standardised_components
from au_jax.methods.fold_run import FoldRun
from au_jax.methods.jpml.model import load_model as load_jpml
from etils import epath

from au_jax.datasets.dataset import ArrayFaces
from au_jax.faces.affine_warp import warp_faces
from au_jax.faces.mean_shape import INTER_OCULAR_DISTANCE
from au_jax.methods.svm import MODEL_FILE, with_offset
from au_jax.metrics import f1_frame, mean_over_aus
from au_jax.pipeline.data import open_protocol
from au_jax.reporting.results import fold_directory
from au_jax.settings.named import load_experiment
from au_jax.system.checkpoints import load_model

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


def _scores(run: FoldRun, models: epath.Path) -> dict[str, np.ndarray]:
    """Return the scores of the test frames by the models of a finished fold, by method."""
    computed, test = fold_features(run), run.fold.test
    with np.load(models / "svm" / MODEL_FILE) as model:
        svm = with_offset(standardised_components(run, computed)[test]) @ model["weights"]
    network = load_model(models / "cnn")
    params, mean_face = network["params"], network["mean_face"]
    return {
        "svm": svm,
        "jpml": load_jpml(models / "jpml").scores(computed.features, test),
        "cnn": logits_of(run.dataset, run.experiment.cnn, params, mean_face, test),
    }


def main() -> None:
    """Print a row for each set of bounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--experiment", default="synthetic_table1")
    parser.add_argument("--data_dir", default="data")
    parser.add_argument("--workdir", default="runs")
    parser.add_argument("--fold", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    experiment = load_experiment(given.experiment)
    protocol = open_protocol(experiment, given.data_dir)
    dataset, fold = protocol.dataset, protocol.folds[given.fold]
    models = fold_directory(epath.Path(given.workdir) / experiment.name, given.fold)
    faces = dataset.faces[np.arange(len(dataset.faces))]
    still = faces[fold.test]
    for degrees, zoom, shift in _BOUNDS:
        moves = _moves(
            len(still), len(still[0]), (degrees, zoom, shift), np.random.default_rng(given.seed)
        )
        for first in range(0, len(still), _AT_ONCE):
            part = slice(first, first + _AT_ONCE)
            faces[fold.test[part]] = warp_faces(list(still[part]), moves[part], len(still[0]))
        with tempfile.TemporaryDirectory() as folder:
            run = FoldRun(
                experiment,
                dataclasses.replace(dataset, faces=ArrayFaces(faces)),
                fold,
                given.fold,
                epath.Path(folder) / "fold",
                name=protocol.fold_names[given.fold],
            )
            scores = _scores(run, models)
        labels = dataset.frames.labels[fold.test]
        means = {name: mean_over_aus(f1_frame(labels, score)) for name, score in scores.items()}
        found = ", ".join(f"{name} {100 * mean:.1f}" for name, mean in means.items())
        print(
            f"{degrees:.0f} degrees, {zoom:.0%} of size, {shift:.0%} of the eye distance: {found}"
        )


if __name__ == "__main__":
    main()
