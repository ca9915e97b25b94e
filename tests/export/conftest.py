"""A finished fold with every method that leaves a detector."""

import dataclasses

import jax
import pytest

from au_jax.methods.method import TRANSFER
from au_jax.methods.running import run_methods
from au_jax.protocol.folds import validation_split
from tests.made.exported import METHODS
from tests.made.folds import make_fold, random_dataset

SHORT = {"steps": 2, "evaluate_every": 2}


@pytest.fixture(scope="session")
def fold_run(tmp_path_factory):
    directory = tmp_path_factory.mktemp("exported")
    settings = {"cnn": SHORT, "lstm": SHORT | {"layers": 2}, "fusion": SHORT}
    jpml = {"alphas": (0.1,), "betas": (0.0,), "iterations": 10}
    others = make_fold(
        directory / "transfer", random_dataset(seed=5, aus=(1, 2, 12, 24)), cnn=SHORT
    )
    split = validation_split(others.dataset.frames.subject, validation_share=0.2, seed=0)
    run = make_fold(
        directory / "fold_00",
        other={TRANSFER: dataclasses.replace(others, fold=split)},
        jpml=jpml,
        features={"pca_components": 8},
        **settings,
    )
    with jax.numpy_rank_promotion("raise"):
        run_methods(run, METHODS)
    return run
