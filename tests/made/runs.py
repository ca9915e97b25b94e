"""The work directory of a finished experiment, with made-up scores and JPML models."""

import json

import numpy as np
from au_jax.methods.fold_run import FoldRun, save_scores
from au_jax.methods.jpml.model import JpmlModel, save_model
from etils import epath

from au_jax import facs
from au_jax.methods.registry import in_order
from au_jax.protocol.scenarios import make_protocol
from au_jax.reporting.results import collect_parts, fold_directory
from au_jax.settings import Experiment, ProtocolConfig
from tests.made.random_datasets import made_dataset

ALL = ("svm", "anet_t", "cpm", "jpml", "cnn", "lstm", "hybrid")
NOISE = dict(zip(ALL, (2.0, 1.6, 1.2, 1.3, 1.0, 1.1, 0.8), strict=True))


def made_jpml_model(aus, seed=0, patches=49):
    """A model with two features in each patch, half of the patches left out."""
    rng = np.random.default_rng(seed)
    features, count = 2 * patches, len(aus)
    kept = np.repeat(rng.random((patches, count)) < 0.5, 2, axis=0)
    one = np.ones(features, np.float32)
    relations = np.zeros((count, count), np.float32)
    return JpmlModel(
        aus=np.array(aus),
        group=np.repeat(np.arange(patches), 2),
        mean=one,
        scale=one,
        weights=(kept * rng.normal(size=(features, count))).astype(np.float32),
        intercepts=np.zeros(count, np.float32),
        alpha=np.array(0.1),
        beta=np.array(0.0),
        objectives=one,
        positive=relations,
        negative=relations,
        tried=np.zeros((1, 3)),
    )


def made_run(path, *, dataset="gft", methods=ALL, aus=facs.PAPER_AUS, folds=3, subjects=24):
    """A run as the command leaves it: returns directory, results, experiment and protocol.

    Everybody is harder or easier than others, for all methods alike.
    """
    directory = epath.Path(path)
    experiment = Experiment(
        name="made",
        dataset=dataset,
        aus=aus,
        methods=methods,
        protocol=ProtocolConfig(folds=folds),
    )
    rates = np.linspace(0.15, 0.6, len(aus)).tolist()
    data = made_dataset(dataset, subjects=subjects, aus=aus, rates=rates, size=8)
    protocol = make_protocol(data, None, experiment.protocol)
    rng = np.random.default_rng(0)
    ease = rng.uniform(0.5, 1.5, subjects)[data.frames.subject, None]
    scores = {
        method: ease * data.frames.labels + NOISE.get(method, 1.0) * rng.normal(size=(len(ease), 1))
        for method in methods
    }
    for number, fold in enumerate(protocol.folds):
        place = fold_directory(directory, number)
        run = FoldRun(experiment, data, fold, number, place, protocol.fold_names[number])
        for method in in_order(methods):
            all_scores = scores.get(method, np.ones(data.frames.labels.shape))
            save_scores(run, method, all_scores[fold.test])
        if "jpml" in methods:
            save_model(place / "jpml", made_jpml_model(aus, seed=number))
    for name in ("config", "environment"):
        (directory / f"{name}.json").write_text(json.dumps({}))
    results = collect_parts(
        directory, experiment=experiment.name, parts=protocol.parts, methods=in_order(methods)
    )
    return directory, results, experiment, protocol
