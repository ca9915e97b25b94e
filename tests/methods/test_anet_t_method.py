import dataclasses

import jax
import numpy as np
import pytest

from au_jax.methods import anet_t, cnn
from au_jax.methods.cnn_scoring import outputs
from au_jax.methods.fold_features import FoldFeatures, standardised_components
from au_jax.methods.svm import svm_scores
from au_jax.protocol.folds import validation_split
from au_jax.system import atomic_files
from tests.made.folds import make_fold, random_dataset


@pytest.fixture(scope="module")
def fold_run(tmp_path_factory):
    """A fold whose CNN is trained on other people with other AUs."""
    directory = tmp_path_factory.mktemp("anet")
    run = make_fold(directory / "fold_00")
    other = make_fold(directory / "transfer", random_dataset(seed=5, aus=(1, 2, 12, 24)))
    split = validation_split(other.dataset.frames.subject, validation_share=0.2, seed=0)
    return dataclasses.replace(run, transfer=dataclasses.replace(other, fold=split))


def test_scores_are_those_of_svms_on_fc7_of_the_other_network(fold_run):
    with jax.numpy_rank_promotion("raise"):
        scores = anet_t.run(fold_run)
    assert scores.shape == (len(fold_run.fold.test), 3)
    other = fold_run.transfer
    model = cnn.trained_cnn(other)
    assert model["params"]["fc8"]["kernel"].shape[-1] == 4
    rows = np.arange(len(fold_run.dataset.frames))
    batches = outputs(
        fold_run.dataset, other.experiment.cnn, 4, model["params"], model["mean_face"], rows
    )
    fc7 = np.concatenate([features for _, features in batches]).astype(np.float16)
    stored = atomic_files.read_array(other.directory / "fc7_of_random.npy")
    np.testing.assert_array_equal(stored, fc7)
    table, fold = fold_run.dataset.frames, fold_run.fold
    train, validation = (
        rows[table.tracked[rows] & table.labels[rows].any(axis=1)]
        for rows in (fold.train, fold.validation)
    )
    found = FoldFeatures(fc7, np.zeros(fc7.shape[1], np.int64), train, validation)
    expected = svm_scores(
        fold_run, "again", standardised_components(fold_run, found), train, validation
    )
    np.testing.assert_allclose(scores, expected, rtol=1e-5)


def test_the_other_network_is_trained_once_for_all_folds(fold_run, monkeypatch):
    with jax.numpy_rank_promotion("raise"):
        first = anet_t.run(fold_run)
    monkeypatch.setattr(cnn, "_train", None)
    monkeypatch.setattr(anet_t, "_write_features", None)
    second = dataclasses.replace(fold_run, directory=fold_run.directory.parent / "fold_01")
    np.testing.assert_array_equal(anet_t.run(second), first)


def test_a_run_without_another_data_set_is_a_mistake(fold_run):
    with pytest.raises(ValueError, match="transfer is None"):
        anet_t.run(dataclasses.replace(fold_run, transfer=None))
