"""Who is tested is never learned from, and who validates only chooses between evaluations."""

import jax
import numpy as np
import pytest
from etils import epath

from au_jax.methods.running import run_methods
from au_jax.runs.layout import MethodFolder
from au_jax.runs.scores import load_scores
from au_jax.system.checkpoints import load_model
from tests.made.folds import (
    make_fold,
    other_people,
    random_dataset,
)

MODELS = {
    "cnn": "cnn",
    "lstm": "lstm",
    "hybrid": "hybrid",
    "fusion_features": "fusion_features",
    "cnn_single_label": "cnn_single_label/AU12",
}
"""The folder of a model of each method."""
# One evaluation at the end: there is nothing to choose for those who validate.
SETTINGS = {name: {"steps": 3, "evaluate_every": 3} for name in ("cnn", "lstm", "fusion")}


def trained(directory, dataset):
    run_methods(make_fold(directory, dataset, **SETTINGS), list(MODELS))
    models = {
        name: jax.tree.map(np.asarray, load_model(directory / folder))
        for name, folder in MODELS.items()
    }
    files = {name: MethodFolder(epath.Path(directory) / name).test_scores for name in MODELS}
    return models, {name: load_scores(file).scores for name, file in files.items()}


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    with jax.numpy_rank_promotion("raise"):
        return trained(tmp_path_factory.mktemp("clean"), random_dataset())


@pytest.mark.parametrize("part", ["test", "validation"])
def test_faces_and_labels_of_others_change_nothing_that_is_trained(tmp_path, clean, part):
    models, scores = clean
    rows = getattr(make_fold(tmp_path).fold, part)
    changed_models, changed_scores = trained(tmp_path, other_people(random_dataset(), rows))
    jax.tree.map(np.testing.assert_array_equal, changed_models, models)
    for name in MODELS:
        same = (changed_scores[name] == scores[name]).all()
        assert same == (part == "validation"), name


def test_faces_of_training_subjects_change_every_model(tmp_path, clean):
    rows = make_fold(tmp_path).fold.train[:4]
    models, _ = trained(tmp_path, other_people(random_dataset(), rows))
    for name in MODELS:
        changed = jax.tree.map(lambda a, b: (a != b).any(), models[name], clean[0][name])
        assert any(jax.tree.leaves(changed)), name
