"""A CNN of its own for each AU, beside the one that learns all of them together.

As many networks of full size as there are AUs: that many times the parameters, the time to train
and the space for models of the multi-label CNN.
"""

import dataclasses

import numpy as np

from au_jax.datasets.dataset import select_aus
from au_jax.methods.cnn import trained_cnn
from au_jax.methods.cnn_scoring import logits_of
from au_jax.methods.fold_run import FoldRun, Method


def run(fold_run: FoldRun) -> np.ndarray:
    """Train a CNN on the labels of each AU alone; return the logits of the test frames.

    All start from the same weights and share one compilation. Their models lie in
    `cnn_single_label/AU01` and the like; those that are finished are not trained again.
    """
    scores = [_scores_of(fold_run, au) for au in fold_run.dataset.aus]
    return np.concatenate(scores, axis=1)


def _scores_of(fold_run: FoldRun, au: int) -> np.ndarray:
    """Return the logits of one AU, float32 `[test, 1]`.

    An AU without a label in training, or without one to choose the model by, is never detected.
    One with fewer labelled frames than a batch has is trained with smaller batches.
    """
    dataset, fold = select_aus(fold_run.dataset, [au]), fold_run.fold
    labels, config = dataset.frames.labels, fold_run.experiment.cnn
    labelled = int(np.count_nonzero(labels[fold.train]))
    if not labelled or not labels[fold.validation].any():
        return np.full((len(fold.test), 1), -1, np.float32)
    config = dataclasses.replace(config, batch_size=min(config.batch_size, labelled))
    part = dataclasses.replace(
        fold_run,
        dataset=dataset,
        experiment=dataclasses.replace(fold_run.experiment, cnn=config),
    )
    model = trained_cnn(part, f"{CNN_SINGLE_LABEL.name}/AU{au:02d}")
    return logits_of(dataset, config, model["params"], model["mean_face"], fold.test)


CNN_SINGLE_LABEL = Method(name="cnn_single_label", requires=(), run=run)
