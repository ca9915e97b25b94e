"""Other ways to fuse the CNN and the LSTM of a fold, beside the one that the settings describe."""

import dataclasses

import jax.numpy as jnp
import numpy as np

from au_jax.methods.fold_run import FoldRun, Method
from au_jax.methods.hybrid import FusionInputs, build_network, fused, network_scores
from au_jax.methods.lstm import build_network as build_lstm
from au_jax.methods.lstm import projected_fc7, trained_lstm
from au_jax.models.fusion import FeatureFusionHead
from au_jax.models.inference import lstm_hidden_states
from au_jax.models.normalisation import l2_normalise


def mean_scores(fold_run: FoldRun) -> np.ndarray:
    """Return the weighted mean of both networks' scores of the test frames; nothing is trained.

    As in the fusion head, scores are first divided by their L2 norm over the AUs unless
    `fusion.normalise_scores` is off; `fusion.lstm_share` is the weight of the LSTM.
    """
    config, inputs, test = fold_run.experiment.fusion, network_scores(fold_run), fold_run.fold.test
    cnn, lstm = inputs.cnn[test], inputs.lstm[test]
    if config.normalise_scores:
        cnn, lstm = (np.asarray(l2_normalise(jnp.asarray(scores))) for scores in (cnn, lstm))
    return (1 - config.lstm_share) * cnn + config.lstm_share * lstm


def network_from_noise(fold_run: FoldRun) -> np.ndarray:
    """Train the paper's fusion network, which starts from noise (section 3.3, "late fusion").

    The settings are those of the experiment, but with `fusion.mean_scale` at 0.
    """
    config = dataclasses.replace(fold_run.experiment.fusion, mean_scale=0.0)
    network = build_network(config, len(fold_run.dataset.aus))
    return fused(fold_run, FUSION_NETWORK.name, network, network_scores(fold_run))


def feature_network(fold_run: FoldRun) -> np.ndarray:
    """Train two fully connected layers on the features of both networks ("early fusion")."""
    config = fold_run.experiment.fusion
    network = FeatureFusionHead(
        num_aus=len(fold_run.dataset.aus), hidden=config.hidden, normalise=config.normalise_scores
    )
    return fused(fold_run, FUSION_FEATURES.name, network, network_features(fold_run))


def network_features(fold_run: FoldRun) -> FusionInputs:
    """Return the features of every frame that the scores of the two networks are computed from.

    Of the CNN its fc7 on the LSTM's principal components, `[frame, component]`; of the LSTM the
    hidden state of its top layer, `[frame, cell]`.
    """
    model = trained_lstm(fold_run)
    projected = projected_fc7(fold_run, model)
    hidden = lstm_hidden_states(
        model["params"],
        projected,
        fold_run.dataset.frames.recording,
        network=build_lstm(fold_run.experiment.lstm, len(fold_run.dataset.aus)),
    )
    return FusionInputs(cnn=projected, lstm=hidden)


FUSION_MEAN = Method(name="fusion_mean", requires=("cnn", "lstm"), run=mean_scores)
FUSION_NETWORK = Method(name="fusion_network", requires=("cnn", "lstm"), run=network_from_noise)
FUSION_FEATURES = Method(name="fusion_features", requires=("cnn", "lstm"), run=feature_network)

FUSION_VARIANTS: tuple[Method, ...] = (FUSION_MEAN, FUSION_NETWORK, FUSION_FEATURES)
"""The head of the paper is `hybrid` with its full-size settings, and `fusion_network` with any."""
