import dataclasses

import numpy as np
import pytest

from au_jax.datasets.dataset import ArrayFaces
from au_jax.errors import InputError
from au_jax.methods import fold_features as features_module
from au_jax.methods import svm
from au_jax.methods.fold_features import fold_features, standardised_components, usable_rows
from au_jax.settings import FeatureKind
from au_jax.settings import FeatureConfig, SvmConfig
from au_jax.system import atomic_files
from tests.made.folds import make_fold, random_dataset


@pytest.fixture(scope="module")
def fold_run(tmp_path_factory):
    return make_fold(tmp_path_factory.mktemp("svm") / "fold_00")


def test_features_are_computed_once_for_all_folds(fold_run, monkeypatch):
    first = fold_features(fold_run)
    assert first.features.shape == (96, 6272) and first.features.dtype == np.float16
    monkeypatch.setattr(features_module, "_write_features", None)
    other = dataclasses.replace(fold_run, directory=fold_run.directory.parent / "fold_01")
    np.testing.assert_array_equal(fold_features(other).features, first.features)


def test_rows_have_a_label_and_a_tracked_face_of_their_part(fold_run):
    found = fold_features(fold_run)
    table, fold = fold_run.dataset.frames, fold_run.fold
    for rows, part in ((found.train, fold.train), (found.validation, fold.validation)):
        expected = [r for r in part if table.tracked[r] and table.labels[r].any()]
        assert rows.tolist() == expected
    with pytest.raises(InputError, match="none of 0 frames"):
        usable_rows(fold_run.dataset, np.empty(0, np.int64))


def test_components_keep_the_energy_and_have_unit_mean_square(fold_run):
    found = fold_features(fold_run)
    components = standardised_components(fold_run, found)
    train = components[found.train]
    np.testing.assert_allclose((train**2).sum(axis=1).mean(), 1, rtol=1e-4)
    np.testing.assert_allclose(train.mean(axis=0), 0, atol=1e-3)
    raw = np.asarray(found.features[found.train], np.float64)
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
    scores = svm.run(run)
    test = run.fold.test
    known = dataset.frames.labels[test, 0] != 0
    right = (scores[:, 0] > 0) == (dataset.frames.labels[test, 0] > 0)
    assert scores.shape == (len(test), 3) and scores.dtype == np.float32
    assert right[known].mean() > 0.9


def test_the_cost_of_each_au_is_the_best_in_validation(fold_run):
    rng = np.random.default_rng(0)
    features = rng.normal(size=(96, 5)).astype(np.float32)
    found = fold_features(fold_run)
    svm.svm_scores(fold_run, "chosen", features, found.train, found.validation)
    model = atomic_files.read_arrays(fold_run.folder("chosen") / svm.MODEL_FILE)
    labels = fold_run.dataset.frames.labels
    best = np.full(3, -1.0)
    costs = np.zeros(3)
    for cost in SvmConfig().costs:
        settings = dataclasses.replace(fold_run.experiment, svm=SvmConfig(costs=(cost,)))
        one = dataclasses.replace(fold_run, experiment=settings)
        svm.svm_scores(one, "one", features, found.train, found.validation)
        weights = atomic_files.read_arrays(one.folder("one") / svm.MODEL_FILE)["weights"]
        f1 = svm.f1_frame(
            labels[found.validation], svm.with_offset(features[found.validation]) @ weights
        )
        better = f1 > best + 1e-6
        best, costs = np.where(better, f1, best), np.where(better, cost, costs)
    np.testing.assert_allclose(model["costs"], costs, rtol=1e-5)


def test_an_au_of_one_kind_in_training_scores_that_kind(tmp_path):
    dataset = random_dataset()
    labels = dataset.frames.labels.copy()
    labels[:, 0] = np.where(labels[:, 0] != 0, 1, 0)
    labels[:, 1] = np.where(labels[:, 1] != 0, -1, 0)
    frames = dataclasses.replace(dataset.frames, labels=labels)
    run = make_fold(tmp_path / "fold_00", dataclasses.replace(dataset, frames=frames))
    scores = svm.run(run)
    assert (scores[:, 0] == 1).all() and (scores[:, 1] == -1).all()


def test_the_shape_needs_landmarks(tmp_path):
    run = make_fold(tmp_path / "fold_00")
    run.experiment.features = FeatureConfig(kind=FeatureKind.SHAPE)
    with pytest.raises(InputError, match="keeps no landmarks"):
        fold_features(run)
