"""The training steps of the package that `training_step` measures."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from au_jax.models import AlexNet, StackedLstm
from au_jax.training.losses import masked_cross_entropy, masked_hinge

AUS = 12
WARM_UP_FRAMES = 10
Batch = tuple[np.ndarray, np.ndarray]
Gradients = dict[tuple[str, str], np.ndarray]
"""Arrays by layer and parameter, for example ("conv1", "kernel")."""


class JaxNetwork:
    """A network with its optimiser; the state lives here, the steps are pure and donate it."""

    def __init__(
        self,
        loss: Callable[..., jax.Array],
        params: Any,
        optimizer: optax.GradientTransformation,
        batch: Batch,
    ) -> None:
        self.params = jax.tree.map(np.asarray, params)
        self._loss = loss
        self._batch = jax.tree.map(jnp.asarray, batch)
        self._state = (params, optimizer.init(params), jnp.zeros((), jnp.int32))
        self._compiled = jax.jit(self._step(optimizer), donate_argnums=0)

    def _step(self, optimizer: optax.GradientTransformation) -> Callable[..., Any]:
        def step(state: Any, batch: Batch) -> tuple[Any, jax.Array]:
            params, optimizer_state, count = state
            key = jax.random.fold_in(jax.random.key(0), count)
            loss, gradient = jax.value_and_grad(self._loss)(params, *batch, key)
            updates, optimizer_state = optimizer.update(gradient, optimizer_state, params)
            return (optax.apply_updates(params, updates), optimizer_state, count + 1), loss

        return step

    def loss_and_gradients(self) -> tuple[float, Gradients]:
        """Return loss and gradients at the first weights, without dropout."""
        loss, gradients = jax.jit(jax.value_and_grad(self._loss))(self.params, *self._batch, None)
        return float(loss), {
            (layer, name): np.asarray(values)
            for layer, parameters in gradients.items()
            for name, values in parameters.items()
        }

    def step(self) -> float:
        """Do one training step, wait for all of it, and return the loss before it."""
        self._state, loss = self._compiled(self._state, self._batch)
        jax.block_until_ready(self._state)
        return float(loss)


def cnn_batch() -> Batch:
    """Return noise on the scale of mean-subtracted pixels, and labels."""
    rng = np.random.default_rng(0)
    images = rng.normal(size=(16, 176, 176, 3)).astype(np.float32) * 50
    return images, rng.integers(-1, 2, (16, AUS), dtype=np.int8)


def lstm_batch() -> Batch:
    """Return features of unit length, as fc7 has, times 32, and labels."""
    rng = np.random.default_rng(0)
    features = rng.normal(size=(10, 1300, 1024)).astype(np.float32)
    return features, rng.integers(-1, 2, (10, 1300, AUS), dtype=np.int8)


def cnn(images: np.ndarray, labels: np.ndarray) -> JaxNetwork:
    """Return the default CNN with momentum and weight decay."""
    network = AlexNet(num_aus=AUS)
    params = network.lazy_init(jax.random.key(0), images, train=False)["params"]

    def loss(params: Any, images: jax.Array, labels: jax.Array, key: Any) -> jax.Array:
        rngs = {"dropout": key}
        outputs: Any = network.apply(
            {"params": params}, images, train=key is not None, rngs=rngs if key is not None else {}
        )
        return masked_cross_entropy(outputs[0], labels)

    optimizer = optax.chain(optax.add_decayed_weights(5e-4), optax.sgd(1e-3, momentum=0.9))
    return JaxNetwork(loss, params, optimizer, (images, labels))


def lstm(features: np.ndarray, labels: np.ndarray) -> JaxNetwork:
    """Return the default LSTM with RMSProp."""
    network = StackedLstm(num_aus=AUS)
    reset = jnp.zeros(labels.shape[:2], bool).at[:, 0].set(True)
    counts = jnp.zeros(labels.shape[:2], bool).at[:, WARM_UP_FRAMES:].set(True)
    params = network.lazy_init(jax.random.key(0), features, reset, train=False)["params"]

    def loss(params: Any, features: jax.Array, labels: jax.Array, key: Any) -> jax.Array:
        scores: Any = network.apply(
            {"params": params},
            features,
            reset,
            train=key is not None,
            rngs={"dropout": key} if key is not None else {},
        )
        return masked_hinge(scores, labels, mask=counts)

    return JaxNetwork(loss, params, optax.rmsprop(1e-3, decay=0.95, eps=1e-8), (features, labels))


BATCHES: dict[str, Callable[[], Batch]] = {"cnn": cnn_batch, "lstm": lstm_batch}
STEPS: dict[str, Callable[..., JaxNetwork]] = {"cnn": cnn, "lstm": lstm}
