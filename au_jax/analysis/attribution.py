"""Which pixels of a face a logit comes from: integrated gradients, and Grad-CAM.

Sources: M. Sundararajan, A. Taly, Q. Yan, "Axiomatic attribution for deep networks", ICML 2017;
R. R. Selvaraju et al., "Grad-CAM", ICCV 2017.
"""

import functools
from typing import cast

import jax
import jax.numpy as jnp
import numpy as np

from au_jax.models.inference import image_outputs
from au_jax.models.networks import Backbone
from au_jax.system.pytree import PyTree

MAPS = ("integrated gradients", "Grad-CAM")
"""The kinds of maps, in the order of `attribution_maps`."""


def attribution_maps(
    params: PyTree,
    images: jax.Array,
    units: jax.Array,
    *,
    network: Backbone,
    average_mirrored: bool,
    steps: int,
) -> np.ndarray:
    """Return both kinds of maps of some pictures, float32 `[map, n, crop, crop]`.

    Integrated gradients are summed over the channels. Arguments are those of the functions below.
    """
    given = {"network": network, "average_mirrored": average_mirrored}
    integrated = integrated_gradients(params, images, units, steps=steps, **given)
    return np.stack([integrated.sum(axis=3), grad_cam(params, images, units, **given)])


def integrated_gradients(
    params: PyTree,
    images: jax.Array,
    units: jax.Array,
    *,
    network: Backbone,
    average_mirrored: bool,
    steps: int,
) -> jax.Array:
    """Return how much each value of a picture adds to a logit, beside the mean face.

    The baseline is zero, which is the mean training face. A neutral face of the same person would
    be another one, but it gives nothing to pixels that are the same in both faces: all would lie
    where the face moved, whatever the network.

    Args:
        params: parameters of the network.
        images: its input, float32 `[n, crop, crop, channel]`.
        units: int `[n]`, the output that is looked at in each picture.
        network: the CNN.
        average_mirrored: whether its logits are averaged over a picture and its mirror image.
        steps: of the midpoint rule along the line from the mean face to the face.

    Returns:
        float32, as `images`; their sum over a picture is its logit less that of the mean face, but
        for the error of the midpoint rule.
    """
    total = jnp.zeros_like(images)
    # Not lax.scan: as its body gradients of convolutions take XLA five times as long on CPUs.
    for step in range(steps):
        total += _gradient(
            *(params, images * ((step + 0.5) / steps), units),
            network=network,
            average_mirrored=average_mirrored,
        )
    return images * total / steps


@functools.partial(jax.jit, static_argnames=("network", "average_mirrored"))
def _gradient(
    params: PyTree,
    images: jax.Array,
    units: jax.Array,
    *,
    network: Backbone,
    average_mirrored: bool,
) -> jax.Array:
    """Return the gradient of each picture's logit, as `images`."""

    def summed(images: jax.Array) -> jax.Array:
        logits, _ = image_outputs(
            params, images, network=network, average_mirrored=average_mirrored
        )
        return _of_units(logits, units).sum()

    return jax.grad(summed)(images)


@functools.partial(jax.jit, static_argnames=("network", "average_mirrored"))
def grad_cam(
    params: PyTree,
    images: jax.Array,
    units: jax.Array,
    *,
    network: Backbone,
    average_mirrored: bool,
) -> jax.Array:
    """Return where the maps of the last convolution speak for a logit.

    A map counts as much as the logit rises with it, as mean over its places (Eq. 1 of Grad-CAM);
    what speaks against the logit is left out (Eq. 2).

    Args:
        params: parameters of the network.
        images: its input, float32 `[n, crop, crop, channel]`.
        units: int `[n]`, the output that is looked at in each picture.
        network: the CNN, which gives its maps as a `Backbone` does.
        average_mirrored: whether its logits are averaged over a picture and its mirror image; the
            maps of both are averaged likewise.

    Returns:
        float32 `[n, crop, crop]`, 0 or more. The coarser maps are stretched over the picture, as is
        usual, although without padding the fields that the outer ones see lie further in: by 6 of
        94 px in the narrow AlexNet.
    """

    def coarse(images: jax.Array) -> jax.Array:
        def summed(added: jax.Array) -> tuple[jax.Array, jax.Array]:
            (logits, _), kept = network.apply(
                {"params": params, "perturbations": {"maps": added}},
                images,
                train=False,
                mutable=["intermediates"],
            )
            (maps,) = kept["intermediates"]["maps"]
            return _of_units(logits, units).sum(), maps

        _, kept = jax.eval_shape(
            lambda: network.apply(
                {"params": params}, images, train=False, mutable=["intermediates"]
            )
        )
        (like,) = kept["intermediates"]["maps"]
        gradient, maps = jax.grad(summed, has_aux=True)(jnp.zeros(like.shape, like.dtype))
        weights = gradient.astype(jnp.float32).mean(axis=(1, 2))
        values = jax.nn.relu(maps.astype(jnp.float32))
        return jax.nn.relu(jnp.einsum("nhwc,nc->nhw", values, weights))

    found = coarse(images)
    if average_mirrored:
        found = (found + coarse(images[:, :, ::-1])[:, :, ::-1]) / 2
    return jax.image.resize(found, images.shape[:3], "linear")


def with_random_outputs(network: Backbone, params: PyTree, seed: int) -> PyTree:
    """Return parameters whose outputs weigh the last layer at random.

    What a random unit of the same network looks at is the control of what an AU's unit looks at:
    weights are Gaussian, with the norm of that AU's. Biases stay.

    Args:
        network: the network.
        params: its parameters.
        seed: of the draw.
    """
    rng = np.random.default_rng(seed)

    def draw(weights: jax.Array) -> jax.Array:
        if weights.ndim < 2:
            return weights
        across = tuple(range(weights.ndim - 1))
        random = rng.normal(size=weights.shape)
        own = np.asarray(weights, np.float64)
        norms = [np.sqrt((values**2).sum(axis=across)) for values in (own, random)]
        return jnp.asarray(random * (norms[0] / norms[1]), weights.dtype)

    return {**params, network.head: jax.tree.map(draw, params[network.head])}


def _of_units(logits: jax.Array, units: jax.Array) -> jax.Array:
    """Return the logit `[n]` of each picture's unit."""
    return cast("jax.Array", jnp.take_along_axis(logits, units[:, None], axis=1)[:, 0])
