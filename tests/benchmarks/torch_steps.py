"""The same training steps in PyTorch, eager, in the formulations that `training_step` compares."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import torch  # pyright: ignore[reportMissingImports]
from torch import nn  # pyright: ignore[reportMissingImports]
from torch.nn import functional  # pyright: ignore[reportMissingImports]

from tests.benchmarks.jax_steps import AUS, WARM_UP_FRAMES, Gradients


class BandNormalisation(nn.Module):
    """Local response normalisation as a 1×1 convolution with a band matrix and square roots."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        channel = torch.arange(channels)
        band = ((channel[:, None] - channel[None]).abs() <= 2).float() * (1e-4 / 5)
        self.register_buffer("band", band[:, :, None, None])
        self.register_buffer("ones", torch.ones(channels))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return `x / (1 + 1e-4 / 5 · Σ x²)^0.75`."""
        root = functional.conv2d(x * x, self.band, self.ones).rsqrt()
        return x * (root * root.sqrt())


NORMALISATIONS: dict[str, Callable[[int], nn.Module]] = {
    "LocalResponseNorm": lambda channels: nn.LocalResponseNorm(5, alpha=1e-4, beta=0.75, k=1.0),
    "band convolution": BandNormalisation,
}
CONVOLUTIONS = ("conv1", "conv2", "conv3", "conv4", "conv5")
CONNECTIONS = ("fc6", "fc7", "fc8")


class TorchNetwork:
    """A network with its optimiser and batch."""

    def __init__(
        self,
        network: nn.Module,
        loss: Callable[[], torch.Tensor],
        gradients: Callable[[], Gradients],
        optimizer: torch.optim.Optimizer,
    ) -> None:
        self._network = network
        self._loss = loss
        self._gradients = gradients
        self._optimizer = optimizer

    def loss_and_gradients(self) -> tuple[float, Gradients]:
        """Return loss and gradients at the first weights, without dropout."""
        self._network.eval()
        self._optimizer.zero_grad()
        loss = self._loss()
        loss.backward()
        gradients = self._gradients()
        self._optimizer.zero_grad()
        self._network.train()
        return float(loss), gradients

    def step(self) -> float:
        """Do one training step and return the loss before it."""
        self._optimizer.zero_grad(set_to_none=True)
        loss = self._loss()
        loss.backward()
        self._optimizer.step()
        return float(loss)


def cnn(params: Any, images: np.ndarray, labels: np.ndarray) -> dict[str, TorchNetwork]:
    """Return the CNN in each memory layout and form of normalisation, with fused SGD.

    SGD that is not fused was slower in every layout and is left out.
    """
    networks = {}
    for (name, normalisation), channels_last in itertools.product(
        NORMALISATIONS.items(), (False, True)
    ):
        layout = torch.channels_last if channels_last else torch.contiguous_format
        network = _alexnet(normalisation)
        layers = dict(network.named_children())
        with torch.no_grad():
            for layer in CONVOLUTIONS:
                kernel = np.array(params[layer]["kernel"].transpose(3, 2, 0, 1))
                layers[layer].weight.copy_(torch.from_numpy(kernel))
                layers[layer].bias.copy_(torch.from_numpy(np.array(params[layer]["bias"])))
            for layer in CONNECTIONS:
                kernel = np.array(_flattened_by_channel(layer, params[layer]["kernel"]).T)
                layers[layer].weight.copy_(torch.from_numpy(kernel))
                layers[layer].bias.copy_(torch.from_numpy(np.array(params[layer]["bias"])))
        network = network.to(memory_format=layout)
        inputs = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous(memory_format=layout)
        label = f"PyTorch {name}, {'channels_last' if channels_last else 'contiguous'}"
        networks[label] = TorchNetwork(
            network,
            _cross_entropy(network, inputs, torch.from_numpy(labels)),
            _alexnet_gradients(layers),
            torch.optim.SGD(
                network.parameters(), 1e-3, momentum=0.9, weight_decay=5e-4, fused=True
            ),
        )
    return networks


def _alexnet(normalisation: Callable[[int], nn.Module]) -> nn.Sequential:
    layers = {
        "conv1": nn.Conv2d(3, 96, 11, stride=4),
        "relu1": nn.ReLU(inplace=True),
        "pool1": nn.MaxPool2d(3, 2, ceil_mode=True),
        "norm1": normalisation(96),
        "conv2": nn.Conv2d(96, 256, 5, padding=2, groups=2),
        "relu2": nn.ReLU(inplace=True),
        "pool2": nn.MaxPool2d(3, 2, ceil_mode=True),
        "norm2": normalisation(256),
        "conv3": nn.Conv2d(256, 384, 3, padding=1),
        "relu3": nn.ReLU(inplace=True),
        "conv4": nn.Conv2d(384, 384, 3, padding=1, groups=2),
        "relu4": nn.ReLU(inplace=True),
        "conv5": nn.Conv2d(384, 256, 3, padding=1, groups=2),
        "relu5": nn.ReLU(inplace=True),
        "pool5": nn.MaxPool2d(3, 2, ceil_mode=True),
        "flatten": nn.Flatten(),
        "fc6": nn.Linear(6400, 4096),
        "relu6": nn.ReLU(inplace=True),
        "dropout6": nn.Dropout(0.5),
        "fc7": nn.Linear(4096, 4096),
        "relu7": nn.ReLU(inplace=True),
        "dropout7": nn.Dropout(0.5),
        "fc8": nn.Linear(4096, AUS),
    }
    network = nn.Sequential()
    for name, layer in layers.items():
        network.add_module(name, layer)
    return network


def _flattened_by_channel(layer: str, kernel: np.ndarray) -> np.ndarray:
    """Return fc6's kernel with inputs in PyTorch's order: channel, row, column."""
    if layer != "fc6":
        return kernel
    return kernel.reshape(5, 5, 256, -1).transpose(2, 0, 1, 3).reshape(kernel.shape)


def _alexnet_gradients(layers: dict[str, Any]) -> Callable[[], Gradients]:
    def gradients() -> Gradients:
        arrays = {}
        for layer in CONVOLUTIONS + CONNECTIONS:
            kernel = layers[layer].weight.grad.numpy()
            if layer in CONVOLUTIONS:
                kernel = kernel.transpose(2, 3, 1, 0)
            elif layer == "fc6":
                kernel = kernel.T.reshape(256, 5, 5, -1).transpose(1, 2, 0, 3).reshape(6400, -1)
            else:
                kernel = kernel.T
            arrays[layer, "kernel"] = kernel.copy()
            arrays[layer, "bias"] = layers[layer].bias.grad.numpy().copy()
        return arrays

    return gradients


def _cross_entropy(
    network: nn.Module, inputs: torch.Tensor, labels: torch.Tensor
) -> Callable[[], torch.Tensor]:
    targets, labelled = (labels > 0).float(), (labels != 0).float()

    def loss() -> torch.Tensor:
        return functional.binary_cross_entropy_with_logits(network(inputs), targets, labelled)

    return loss


class _StackedLstm(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(1024, 256, 3, dropout=0.5, batch_first=True)
        self.head = nn.Linear(256, AUS)
        self.dropout = nn.Dropout(0.5)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        hidden, _ = self.lstm(self.dropout(features))
        return torch.tanh(self.head(self.dropout(hidden)))


def lstm(params: Any, features: np.ndarray, labels: np.ndarray) -> dict[str, TorchNetwork]:
    """Return `nn.LSTM` with RMSProp, updating all parameters together or one by one.

    Its second bias is zero and gets the same gradient as the first. Time-first batches were not
    faster and are left out.
    """
    networks = {}
    for together in (False, True):
        network = _StackedLstm()
        parameters = dict(network.named_parameters())
        with torch.no_grad():
            for (layer, name), torch_name in _LSTM_NAMES.items():
                values = np.array(np.transpose(params[layer][name]))
                parameters[torch_name].copy_(torch.from_numpy(values))
            for index in range(3):
                parameters[f"lstm.bias_hh_l{index}"].zero_()
        networks[f"PyTorch nn.LSTM, RMSprop foreach={together}"] = TorchNetwork(
            network,
            _hinge(network, torch.from_numpy(features), torch.from_numpy(labels).float()),
            _lstm_gradients(parameters),
            torch.optim.RMSprop(network.parameters(), 1e-3, alpha=0.95, foreach=together),
        )
    return networks


_LSTM_NAMES = {
    **{
        (f"lstm_{index}", ours): f"lstm.{theirs}_l{index}"
        for index in range(3)
        for ours, theirs in (
            ("input_kernel", "weight_ih"),
            ("recurrent_kernel", "weight_hh"),
            ("bias", "bias_ih"),
        )
    },
    ("head", "kernel"): "head.weight",
    ("head", "bias"): "head.bias",
}


def _lstm_gradients(parameters: dict[str, nn.Parameter]) -> Callable[[], Gradients]:
    def gradients() -> Gradients:
        arrays = {}
        for key, name in _LSTM_NAMES.items():
            gradient = parameters[name].grad
            assert gradient is not None
            arrays[key] = np.array(gradient.numpy().T)
        return arrays

    return gradients


def _hinge(
    network: nn.Module, features: torch.Tensor, labels: torch.Tensor
) -> Callable[[], torch.Tensor]:
    labelled = (labels != 0).float()
    counts = labelled.sum(-1).clamp(min=1)

    def loss() -> torch.Tensor:
        terms = torch.relu(0.5 - labels * network(features)) * labelled
        return (terms.sum(-1) / counts)[:, WARM_UP_FRAMES:].mean()

    return loss


STEPS: dict[str, Callable[..., dict[str, TorchNetwork]]] = {"cnn": cnn, "lstm": lstm}
