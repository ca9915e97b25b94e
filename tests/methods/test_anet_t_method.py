import dataclasses

import jax
import numpy as np
import pytest

from au_jax.datasets.dataset import ArrayFaces
from au_jax.detector.block import FaceFrames
from au_jax.detector.bundle import load_bundle
from au_jax.detector.linear import with_offset
from au_jax.methods.method import TRANSFER
from au_jax.methods.running import FoldMethods
from au_jax.protocol.folds import validation_split
from tests.made.folds import make_fold, model_of, other_people, random_dataset, times_written


@pytest.fixture(scope="module")
def fold_run(tmp_path_factory):
    """A fold whose CNN is trained on other people with other AUs."""
    directory = tmp_path_factory.mktemp("anet")
    other = make_fold(directory / "transfer", random_dataset(seed=5, aus=(1, 2, 12, 24)))
    split = validation_split(other.dataset.frames.subject, validation_share=0.2, seed=0)
    other = dataclasses.replace(other, fold=split)
    return make_fold(directory / "fold_00", other={TRANSFER: other})


@pytest.fixture(scope="module")
def scores(fold_run):
    with jax.numpy_rank_promotion("raise"):
        return FoldMethods(fold_run).test_scores("anet_t")


def test_scores_are_those_of_svms_on_features_of_the_other_network(fold_run, scores):
    assert scores.shape == (len(fold_run.fold.test), 3)
    other = fold_run.other[TRANSFER]
    cnn = load_bundle(other.directory / "cnn")[0]
    assert cnn.model.arrays()["params"]["fc8"]["kernel"].shape[-1] == 4
    rows = np.arange(len(fold_run.dataset.frames))
    batches = cnn.outputs(FaceFrames.of(fold_run.dataset), rows)
    features = np.concatenate([found.known_features() for found in batches])
    stored = np.load(other.directory / "outputs_for_random/features.npy")
    np.testing.assert_array_equal(stored, features)
    model = model_of(fold_run.directory / "anet_t")
    components = model.components.project(features[fold_run.fold.test])
    np.testing.assert_allclose(scores, with_offset(components) @ model.weights, rtol=1e-5)


def test_svms_learn_from_training_subjects_only(fold_run, scores, tmp_path):
    people = other_people(fold_run.dataset, fold_run.fold.test)
    faces = fold_run.dataset.faces[np.arange(len(people.frames))]
    changed = dataclasses.replace(
        fold_run,
        dataset=dataclasses.replace(people, name="others", faces=ArrayFaces(faces)),
        directory=type(fold_run.directory)(tmp_path / "fold_00"),
    )
    np.testing.assert_array_equal(FoldMethods(changed).test_scores("anet_t"), scores)


def test_the_other_network_is_trained_and_applied_once_for_all_folds(fold_run, scores):
    place = fold_run.other[TRANSFER].directory
    before = times_written(place)
    second = dataclasses.replace(fold_run, directory=fold_run.directory.parent / "fold_01")
    np.testing.assert_array_equal(FoldMethods(second).test_scores("anet_t"), scores)
    assert times_written(place).items() >= before.items()
