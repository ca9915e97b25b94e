"""The same LSTM on other numbers of principal components of the fold's fc7 features."""

import dataclasses
import functools

import numpy as np

from au_jax.methods import lstm
from au_jax.methods.fold_run import FoldRun, Method

PCA_SIZES = (32, 64, 128, 256, 512, 1024)
"""Numbers of components; the last is the paper's."""


def _run(fold_run: FoldRun, *, name: str, components: int) -> np.ndarray:
    """Train the LSTM of the experiment on other inputs; return the test frames' scores."""
    settings = fold_run.experiment
    varied = dataclasses.replace(
        settings, lstm=dataclasses.replace(settings.lstm, pca_components=components)
    )
    return lstm.run(dataclasses.replace(fold_run, experiment=varied), name)


def _variant(components: int) -> Method:
    name = f"lstm_pca_{components}"
    run = functools.partial(_run, name=name, components=components)
    return Method(name=name, requires=("cnn",), run=run)


LSTM_VARIANTS: tuple[Method, ...] = tuple(_variant(components) for components in PCA_SIZES)
"""One method for each size. Of a narrower CNN all of its features are kept at most."""
