"""Detectors with random parameters, built as their methods build them; nothing is trained."""

import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.detector.block import Block
from au_jax.detector.bundle import Description
from au_jax.detector.cnn import CnnModel
from au_jax.detector.columns import ColumnsModel, ConstantModel
from au_jax.detector.computed_features import ComputedFeatures
from au_jax.detector.detector import Detector
from au_jax.detector.ensemble import EnsembleModel
from au_jax.detector.fusion import FusionModel, MeanModel
from au_jax.detector.jpml import JpmlModel, Standardisation
from au_jax.detector.linear import LinearModel
from au_jax.detector.lstm import LstmModel
from au_jax.features.pca import PrincipalComponents
from au_jax.features.standardised_components import StandardisedComponents
from au_jax.metrics.calibration import uncalibrated
from au_jax.models.networks import frame_network, temporal_network
from au_jax.settings import (
    AlexNetConfig,
    FaceInputConfig,
    FeatureKind,
    FusionHeadConfig,
    StackedLstmConfig,
)

AUS = (1, 12, 24)
SMALL = {"width": 1 / 32, "stride1": 2}
METHODS = (
    *("always_present", "cnn", "lstm", "hybrid", "fusion_features", "fusion_mean", "anet_t"),
    *("cnn_single_label", "lstm_pca_4", "ensemble", "svm", "jpml"),
)
"""All but CPM, which leaves no detector."""


@functools.cache
def random_detector(method):
    """The detector of a method, made once."""
    return detector_of(_block_of(method))


def detector_of(block, face_shape=(32, 32, 3), calibration=None, **description):
    """The detector of a block."""
    about = Description(AUS, face_shape, {"method": "random"}, **description)
    return Detector(block, about, calibration or uncalibrated(len(AUS)))


def _block_of(method):
    if method == "always_present":
        return Block(ConstantModel(1.0, len(AUS)))
    if method == "cnn_single_label":
        ones = tuple(random_cnn(num_aus=1, seed=seed) for seed in range(3))
        return Block(ColumnsModel(), ones)
    if method in ("svm", "jpml"):
        features = Block(ComputedFeatures(FeatureKind.HOG_LANDMARKS))
        make = random_linear if method == "svm" else random_jpml
        return make(features, 49 * 128)
    cnn = random_cnn()
    lstm = random_lstm(cnn, components=4 if method == "lstm_pca_4" else 6)
    return {
        "cnn": lambda: cnn,
        "lstm": lambda: lstm,
        "lstm_pca_4": lambda: lstm,
        "hybrid": lambda: random_fusion(cnn, lstm),
        "fusion_features": lambda: random_fusion(cnn, lstm, on_features=True),
        "fusion_mean": lambda: Block(MeanModel(FusionHeadConfig()), (cnn, lstm)),
        "ensemble": lambda: Block(
            EnsembleModel(1 + abs(normal((3, len(AUS))))),
            (cnn, random_fusion(cnn, lstm), random_linear(cnn, cnn.model.network.feature_size)),
        ),
        "anet_t": lambda: random_linear(cnn, cnn.model.network.feature_size),
    }[method]()


def random_cnn(face_shape=(32, 32, 3), network=None, face_input=None, num_aus=3, seed=0) -> Any:
    """A block with a frame-wise network."""
    config = AlexNetConfig(**(SMALL | (network or {})))
    usual = {"face_size": 32, "crop": 28, "pixel_scale": 1 / 64}
    chosen = FaceInputConfig(**(usual | (face_input or {})))
    channels = 1 if chosen.local_contrast else face_shape[2]
    images = jnp.zeros((1, chosen.crop, chosen.crop, channels))
    params = random_params(frame_network(config, num_aus), seed, images, train=False)
    mean_face = np.random.default_rng(1).random((chosen.face_size, chosen.face_size, channels))
    mean_face = jnp.asarray(mean_face * (1 if chosen.local_contrast else 255), jnp.float32)
    return Block(CnnModel(config, chosen, num_aus, params, mean_face))


def random_lstm(cnn, components=6, **network: Any) -> Any:
    """A block with a network over time on that of a CNN."""
    config = StackedLstmConfig(**{"layers": 2, "cells": 5, **network})
    features = cnn.model.network.feature_size
    pca = PrincipalComponents(
        normal((features,), 1 / features),
        normal((components, features), features**-0.5),
        energy=0.9,
    )
    example = jnp.zeros((1, 1, components)), jnp.zeros((1, 1), bool)
    params = random_params(temporal_network(config, len(AUS)), 0, *example, train=False)
    return Block(LstmModel(config, len(AUS), params, pca), (cnn,))


def random_fusion(cnn, lstm, on_features=False, **network: Any):
    """A block with a head on the scores of both, or on the features of both."""
    config = FusionHeadConfig(hidden=4, **network)
    pca = lstm.model.pca if on_features else None
    model = FusionModel(config, len(AUS), {}, pca)
    sizes = [len(AUS)] * 2
    if pca is not None:
        sizes = [len(pca.components), lstm.model.network.hidden_size]
    example = [jnp.zeros((1, size)) for size in sizes]
    params = random_params(model.network, 0, *example)
    return Block(FusionModel(config, len(AUS), params, pca), (cnn, lstm))


def random_linear(block, features):
    """A block with linear classifiers on four components of features."""
    components = StandardisedComponents(
        normal((4, features), features**-0.5), normal((4,)), np.asarray(2.0, np.float32)
    )
    weights, costs = normal((5, len(AUS))), np.ones(len(AUS), np.float32)
    return Block(LinearModel(components, weights, costs), (block,))


def random_jpml(block, features):
    """A block with linear classifiers on features."""
    standardisation = Standardisation(normal((features,)), 1 + abs(normal((features,))))
    weights, none = normal((features, len(AUS)), features**-0.5), np.zeros((3, 3), np.float32)
    patches = np.arange(features) // 128
    model = JpmlModel(
        *(patches, standardisation, weights, normal((len(AUS),)), 0.1, 0.0),
        *(np.zeros(1, np.float32), none, none, [[0.1, 0.0, 0.5]]),
    )
    return Block(model, (block,))


def random_params(network, seed, *example, **options):
    """Parameters of a network that neither die out nor explode; nothing is compiled."""
    shapes = jax.eval_shape(
        lambda key: network.init(key, *example, **options)["params"], jax.random.key(0)
    )
    rng = np.random.default_rng(seed)

    def draw(like):
        scale = (2 / np.prod(like.shape[:-1])) ** 0.5 if like.ndim > 1 else 0.1
        return (rng.normal(size=like.shape) * scale).astype(np.float32)

    return jax.tree.map(draw, shapes)


def normal(shape, scale=1.0):
    """Normal numbers, float32."""
    return (np.random.default_rng(3).normal(size=shape) * scale).astype(np.float32)
