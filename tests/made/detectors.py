"""Detectors with random parameters, of networks that nobody trained."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.detector.block import Block
from au_jax.detector.bundle import Description
from au_jax.detector.cnn import CnnModel
from au_jax.detector.detector import Detector
from au_jax.detector.fusion import FusionModel
from au_jax.detector.lstm import LstmModel
from au_jax.features.pca import PrincipalComponents
from au_jax.models.networks import frame_network, temporal_network
from au_jax.settings import (
    AlexNetConfig,
    FaceInputConfig,
    FusionHeadConfig,
    StackedLstmConfig,
)

AUS = (1, 12, 24)
SMALL = {"width": 1 / 32, "stride1": 2}


def random_cnn(face_shape=(32, 32, 3), network=None, face_input=None):
    """A block with a frame-wise network."""
    config = AlexNetConfig(**SMALL, **(network or {}))
    usual = {"face_size": 32, "crop": 28, "pixel_scale": 1 / 64}
    chosen = FaceInputConfig(**(usual | (face_input or {})))
    channels = 1 if chosen.local_contrast else face_shape[2]
    images = jnp.zeros((1, chosen.crop, chosen.crop, channels))
    params = random_params(frame_network(config, len(AUS)), images, train=False)
    rng = np.random.default_rng(1)
    mean_face = rng.random((chosen.face_size, chosen.face_size, channels), np.float32)
    mean_face *= 1 if chosen.local_contrast else 255
    return Block(CnnModel(config, chosen, len(AUS), params, jnp.asarray(mean_face)))


def random_lstm(cnn, **network: Any):
    """A block with a network over time on that of a CNN."""
    config = StackedLstmConfig(**{"layers": 2, "cells": 5, **network})
    features = cnn.model.network.feature_size
    rng = np.random.default_rng(2)
    pca = PrincipalComponents(
        rng.normal(size=features).astype(np.float32) / features,
        rng.normal(size=(6, features)).astype(np.float32) / features**0.5,
        0.9,
    )
    example = jnp.zeros((1, 1, 6)), jnp.zeros((1, 1), bool)
    params = random_params(temporal_network(config, len(AUS)), *example, train=False)
    return Block(LstmModel(config, len(AUS), params, pca), (cnn,))


def random_fusion(cnn, lstm, **network):
    """A block with a head on the scores of both."""
    config = FusionHeadConfig(hidden=4, **network)
    model = FusionModel(config, len(AUS), {})
    scores = jnp.zeros((1, len(AUS)))
    params = random_params(model.network, scores, scores)
    return Block(FusionModel(config, len(AUS), params), (cnn, lstm))


def random_params(network, *example, **options):
    """Parameters of a network that neither die out nor explode; nothing is compiled."""
    shapes = jax.eval_shape(
        lambda key: network.init(key, *example, **options)["params"], jax.random.key(0)
    )
    rng = np.random.default_rng(0)

    def draw(like):
        fan_in = int(np.prod(like.shape[:-1]))
        scale = (2 / fan_in) ** 0.5 if like.ndim > 1 else 0.1
        return (rng.normal(size=like.shape) * scale).astype(np.float32)

    return jax.tree.map(draw, shapes)


def detector_of(block, face_shape=(32, 32, 3), **description):
    """The detector of a block."""
    origin = {"method": "random"}
    return Detector(block, Description(AUS, face_shape, origin, **description))
