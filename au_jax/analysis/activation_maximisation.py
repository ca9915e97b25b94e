"""Pictures that a network's outputs want to see: activation maximisation, Eq. (3) of the paper.

The penalty of Eq. (3) is a sequence of operations on the picture: L2 decay, Gaussian blur, and
clipping of pixels of small norm. They follow Yosinski et al., "Understanding neural networks
through deep visualization", 2015, and its toolbox,
https://github.com/yosinski/deep-visualization-toolbox.
"""

import functools
from typing import NamedTuple, cast

import jax
import jax.numpy as jnp

from au_jax.models.networks import Backbone
from au_jax.models.preprocessing import centre_crop, gaussian_matrix, value_range
from au_jax.settings import FaceInputConfig, PreferredFacesConfig
from au_jax.system.pytree import PyTree


class Ascent(NamedTuple):
    """One picture for each output on its way; everything in values of the network's input.

    Attributes:
        images: float32 `[au, crop, crop, channel]`, less the mean face.
        best: those that had the highest logit so far.
        highest: float32 `[au]`, that logit; -inf before the first iteration.
        iteration: int32 `[]`, the iterations done.
    """

    images: jax.Array
    best: jax.Array
    highest: jax.Array
    iteration: jax.Array


def start_ascent(
    mean_face: jax.Array, num_aus: int, face_input: FaceInputConfig, config: PreferredFacesConfig
) -> Ascent:
    """Return the same Gaussian noise around the mean face for every output.

    Args:
        mean_face: float32 `[size, size, channel]`, in values of normalised faces.
        num_aus: number of outputs.
        face_input: how faces become the network's input.
        config: the noise and its seed.
    """
    crop, channels = face_input.crop, mean_face.shape[2]
    noise = jax.random.normal(jax.random.key(config.seed), (crop, crop, channels))
    images = jnp.tile(noise * (config.noise * _grey_level(face_input)), (num_aus, 1, 1, 1))
    return Ascent(images, images, jnp.full(num_aus, -jnp.inf), jnp.zeros((), jnp.int32))


def ascend(
    params: PyTree,
    mean_face: jax.Array,
    ascent: Ascent,
    *,
    network: Backbone,
    face_input: FaceInputConfig,
    config: PreferredFacesConfig,
    iterations: int,
) -> tuple[Ascent, jax.Array]:
    """Return the pictures after some more iterations, and the logits at each of them.

    An iteration clips the picture, with the mean face, to values that faces have; measures logit
    and gradient; goes up the gradient by `min(largest rate, progress / squared norm)`; and then
    decays, blurs and clips small norms. Several calls are the same as one with all iterations.

    Noise and rate are meant for grey levels from 0 to 255. Where the input is another, they are
    scaled so that the range of its values stands for these: by `pixel_scale`, and after local
    contrast normalisation by 6/255, as nearly all of its values lie within ±3. The pictures are
    then ones of contrast, which no grey levels belong to.

    Iterations are compiled one by one: as the body of a `lax.scan` the gradient of the
    convolutions takes XLA five times as long on CPUs.

    Args:
        params: parameters of the network.
        mean_face: float32 `[size, size, channel]`, in values of normalised faces.
        ascent: where to go on.
        network: the network; each picture is for one of its outputs.
        face_input: how faces become its input.
        config: the settings.
        iterations: how many, 1 or more.

    Returns:
        the pictures then, and float32 `[iteration, au]`.
    """
    logits = []
    for _ in range(iterations):
        ascent, found = _iterate(
            params, mean_face, ascent, network=network, face_input=face_input, config=config
        )
        logits.append(found)
    return ascent, jnp.stack(logits)


@functools.partial(jax.jit, static_argnames=("network", "face_input", "config"))
def _iterate(
    params: PyTree,
    mean_face: jax.Array,
    ascent: Ascent,
    *,
    network: Backbone,
    face_input: FaceInputConfig,
    config: PreferredFacesConfig,
) -> tuple[Ascent, jax.Array]:
    """Return the pictures after one iteration, and the logits before it, `[au]`."""
    low, high = value_range(face_input)
    mean = centre_crop(mean_face[None], face_input.crop)
    lowest, highest = ((end - mean) * face_input.pixel_scale for end in (low, high))
    largest_rate = config.largest_rate * _grey_level(face_input) ** 2

    def own_logits(images: jax.Array) -> tuple[jax.Array, jax.Array]:
        logits, _ = network.apply({"params": params}, images, train=False)
        own = jnp.diagonal(cast("jax.Array", logits))
        return own.sum(), own  # pictures do not see each other, so that gradients stay apart

    images = jnp.clip(ascent.images, lowest, highest)
    gradient, logits = jax.grad(own_logits, has_aux=True)(images)
    better = logits > ascent.highest
    squared_norm = jnp.sum(gradient**2, axis=(1, 2, 3), keepdims=True)
    rate = jnp.minimum(largest_rate, config.progress / squared_norm)
    return Ascent(
        images=_regularised(images + rate * gradient, ascent.iteration, config),
        best=jnp.where(better[:, None, None, None], images, ascent.best),
        highest=jnp.maximum(logits, ascent.highest),
        iteration=ascent.iteration + 1,
    ), logits


def _regularised(
    images: jax.Array, iteration: jax.Array, config: PreferredFacesConfig
) -> jax.Array:
    """Return pictures after decay, blur and the clipping of small norms, in this order."""
    images = images * (1 - config.decay)
    if config.blur:
        weights = jnp.asarray(gaussian_matrix(images.shape[1], config.blur))
        images = jax.lax.cond(
            iteration % config.blur_every == 0,
            lambda sharp: jnp.einsum("ij,njkc,lk->nilc", weights, sharp, weights),
            lambda sharp: sharp,
            images,
        )
    if config.small_norm:
        norms = jnp.linalg.norm(images, axis=3)
        smallest = jnp.quantile(norms.reshape(len(norms), -1), config.small_norm, axis=1)
        images = jnp.where((norms < smallest[:, None, None])[..., None], 0.0, images)
    return images


def _grey_level(face_input: FaceInputConfig) -> float:
    """Return what a grey level is in the network's input."""
    low, high = value_range(face_input)
    return (high - low) / 255 * face_input.pixel_scale
