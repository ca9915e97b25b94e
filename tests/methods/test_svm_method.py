import dataclasses

import jax
import numpy as np
import pytest

from au_jax.datasets.dataset import ArrayFaces
from au_jax.datasets.row_selection import usable_rows
from au_jax.detector.linear import with_offset
from au_jax.errors import InputError
from au_jax.methods.features import fitted_components, fold_rows
from au_jax.methods.running import FoldMethods
from au_jax.metrics import f1_frame
from au_jax.runs.layout import MethodFolder
from au_jax.settings import FeatureConfig, FeatureKind, SvmConfig
from au_jax.system import atomic_files
from tests.made.folds import make_fold, model_of, random_dataset, times_written


@pytest.fixture(scope="module")
def fold_run(tmp_path_factory):
    return make_fold(tmp_path_factory.mktemp("svm") / "fold_00")


@pytest.fixture(scope="module")
def features(fold_run):
    """HOG of every frame."""
    with jax.numpy_rank_promotion("raise"):
        return FoldMethods(fold_run).fitted("features").outputs().known_features()


def test_features_are_computed_once_for_all_folds(fold_run, features):
    assert features.shape == (96, 6272) and features.dtype == np.float16
    place = fold_run.directory.parent / "features"
    written = times_written(place)
    assert (place / "hog_landmarks/features.npy").exists()
    other = dataclasses.replace(fold_run, directory=fold_run.directory.parent / "fold_01")
    again = FoldMethods(other).fitted("features").outputs().known_features()
    np.testing.assert_array_equal(again, features)
    assert times_written(place) == written


def test_rows_have_a_label_and_a_tracked_face_of_their_part(fold_run):
    found = fold_rows(fold_run)
    table, fold = fold_run.dataset.frames, fold_run.fold
    for rows, part in ((found.train, fold.train), (found.validation, fold.validation)):
        expected = [r for r in part if table.tracked[r] and table.labels[r].any()]
        assert rows.tolist() == expected
    with pytest.raises(InputError, match="none of 0 frames"):
        usable_rows(fold_run.dataset, np.empty(0, np.int64))


def test_components_keep_the_energy_and_have_unit_mean_square(fold_run, features):
    rows = fold_rows(fold_run).train
    components = fitted_components(fold_run, features[rows]).project(features)
    train = components[rows]
    np.testing.assert_allclose((train**2).sum(axis=1).mean(), 1, rtol=1e-4)
    np.testing.assert_allclose(train.mean(axis=0), 0, atol=1e-3)
    raw = np.asarray(features[rows], np.float64)
    deviation = raw.std(axis=0)
    standard = (raw - raw.mean(axis=0))[:, deviation > 0] / deviation[deviation > 0]
    shares = np.linalg.svd(standard, compute_uv=False) ** 2
    enough = int(np.searchsorted(np.cumsum(shares) / shares.sum(), 0.98)) + 1
    assert components.shape == (96, enough)


def test_an_au_that_is_written_on_the_face_is_found(tmp_path):
    dataset = random_dataset()
    faces = dataset.faces[np.arange(len(dataset.faces))]
    present = dataset.frames.labels[:, 0] > 0
    faces[present, 10:20, 10:20] = np.arange(0, 250, 25, dtype=np.uint8)[:, None]
    dataset = dataclasses.replace(dataset, faces=ArrayFaces(faces))
    run = make_fold(tmp_path / "fold_00", dataset)
    run.experiment.features = FeatureConfig(kind=FeatureKind.HOG_FACE)
    scores = FoldMethods(run).test_scores("svm")
    test = run.fold.test
    known = dataset.frames.labels[test, 0] != 0
    right = (scores[:, 0] > 0) == (dataset.frames.labels[test, 0] > 0)
    assert scores.shape == (len(test), 3) and scores.dtype == np.float32
    assert right[known].mean() > 0.9


def linear_model(directory, features, **settings):
    """A fold with features in place of those computed from faces, and the model of its SVMs."""
    run = make_fold(directory / "fold_00", **settings)
    folder = MethodFolder(directory / "features/hog_landmarks")
    atomic_files.write_array(folder.all_features, features)
    return run, model_of(FoldMethods(run).fitted("svm").block.folder)


def test_the_cost_of_each_au_is_the_best_in_validation(tmp_path):
    features = np.random.default_rng(0).normal(size=(96, 5)).astype(np.float16)
    run, model = linear_model(tmp_path / "all", features)
    labels, rows = run.dataset.frames.labels, fold_rows(run).validation
    best = np.full(3, -1.0)
    costs = np.zeros(3)
    for cost in SvmConfig().costs:
        _, one = linear_model(tmp_path / f"{cost}", features, svm={"costs": (cost,)})
        scores = with_offset(one.components.project(features[rows])) @ one.weights
        f1 = f1_frame(labels[rows], scores)
        better = f1 > best + 1e-6
        best, costs = np.where(better, f1, best), np.where(better, cost, costs)
    np.testing.assert_allclose(model.costs, costs, rtol=1e-5)


def test_an_au_of_one_kind_in_training_scores_that_kind(tmp_path):
    dataset = random_dataset()
    labels = dataset.frames.labels.copy()
    labels[:, 0] = np.where(labels[:, 0] != 0, 1, 0)
    labels[:, 1] = np.where(labels[:, 1] != 0, -1, 0)
    frames = dataclasses.replace(dataset.frames, labels=labels)
    run = make_fold(tmp_path / "fold_00", dataclasses.replace(dataset, frames=frames))
    scores = FoldMethods(run).test_scores("svm")
    assert (scores[:, 0] == 1).all() and (scores[:, 1] == -1).all()


def test_the_shape_needs_landmarks(tmp_path):
    run = make_fold(tmp_path / "fold_00")
    run.experiment.features = FeatureConfig(kind=FeatureKind.SHAPE)
    with pytest.raises(InputError, match="there are no landmarks, so faces have no shape"):
        FoldMethods(run).fitted("features").outputs()
