"""ANet^T: a linear SVM on the fc7 features of a CNN that was trained on another data set.

Paper, section 4.3: HOG is not trained, so that for fairness the learned features must not come from
the training subjects either.
"""

import numpy as np
from etils import epath

from au_jax.methods.cnn import trained_cnn
from au_jax.methods.cnn_scoring import outputs
from au_jax.methods.fold_features import FoldFeatures, fold_rows, standardised_components
from au_jax.methods.fold_run import FoldRun, Method
from au_jax.methods.svm import svm_scores
from au_jax.system import atomic_files
from au_jax.system.progress import progress_bar


def run(fold_run: FoldRun) -> np.ndarray:
    """Train SVMs on the features of the training subjects; return the test frames' scores.

    Raises:
        ValueError: if the run has no other data set to train the CNN on.
    """
    other = fold_run.transfer
    if other is None:
        raise ValueError("anet_t takes a run on another data set; FoldRun.transfer is None")
    file = other.directory / f"fc7_of_{fold_run.dataset.name.replace('/', '_')}.npy"
    if not file.exists():
        _write_features(fold_run, other, file)
    features = atomic_files.read_array(file)
    train, validation = fold_rows(fold_run)
    found = FoldFeatures(features, np.zeros(features.shape[1], np.int64), train, validation)
    components = standardised_components(fold_run, found)
    return svm_scores(fold_run, "anet_t", components, train, validation)


def _write_features(fold_run: FoldRun, other: FoldRun, file: epath.Path) -> None:
    """Write fc7 of every frame, by the CNN of the other data set."""
    dataset, config, model = fold_run.dataset, other.experiment.cnn, trained_cnn(other)
    aus, count = len(other.dataset.aus), len(dataset.frames)
    width = model["params"]["fc7"]["kernel"].shape[1]
    batches = outputs(dataset, config, aus, model["params"], model["mean_face"], np.arange(count))
    atomic_files.remove_leftovers(file)
    with (
        atomic_files.writing_rows(file, (count, width), np.float16) as append,
        progress_bar(count, "anet_t features", "frame") as bar,
    ):
        for _, fc7 in batches:
            append(fc7)
            bar.update(len(fc7))


ANET_T = Method(name="anet_t", requires=(), run=run)
