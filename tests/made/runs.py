"""The work directory of a finished experiment, with made-up scores and JPML models."""

import json

import numpy as np
from etils import epath

from au_jax import facs
from au_jax.detector.block import Block
from au_jax.detector.bundle import Description, save_bundle
from au_jax.detector.jpml import JpmlModel, Standardisation
from au_jax.methods.registry import in_order
from au_jax.protocol.scenarios import make_protocol
from au_jax.reporting.results import collect_parts
from au_jax.runs.layout import RunFolder
from au_jax.runs.scores import save_scores
from au_jax.settings import DataConfig, Experiment, ProtocolConfig
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
        group=np.repeat(np.arange(patches), 2),
        standardisation=Standardisation(one, one),
        weights=(kept * rng.normal(size=(features, count))).astype(np.float32),
        intercepts=np.zeros(count, np.float32),
        alpha=0.1,
        beta=0.0,
        objectives=one,
        positive=relations,
        negative=relations,
        tried=[[0.1, 0.0, 0.5]],
    )


def save_jpml(folder, model, aus=(1, 12)):
    """Write a model as the method does."""
    save_bundle(folder, Block(model), Description(tuple(aus), (8, 8, 3), {}))


def made_run(path, *, dataset="gft", methods=ALL, aus=facs.PAPER_AUS, folds=3, subjects=24):
    """A run as the command leaves it: returns run, results, experiment and protocol.

    Everybody is harder or easier than others, for all methods alike.
    """
    run = RunFolder(epath.Path(path))
    experiment = Experiment(
        name="made",
        data=DataConfig(name=dataset),
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
        for method in in_order(methods, experiment):
            all_scores = scores.get(method, np.ones(data.frames.labels.shape))
            file = run.method(number, method).test_scores
            save_scores(file, data, fold.test, all_scores[fold.test])
        if "jpml" in methods:
            model = made_jpml_model(aus, seed=number)
            save_jpml(run.method(number, "jpml").path, model, aus)
    for file in (run.config, run.environment):
        file.write_text(json.dumps({}))
    ordered = in_order(methods, experiment)
    results = collect_parts(run, experiment=experiment, parts=protocol.parts, methods=ordered)
    return run, results, experiment, protocol
