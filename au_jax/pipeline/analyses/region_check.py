"""Whether attributions lie where FACS says that an action unit moves the face.

The faces are built-in people of the test, whom the network has not seen, each drawn with one unit
at full strength straight into the camera: there the region of the unit is known to the pixel. In
frames of their recordings heads also turn, and several units act at once.
"""

import dataclasses

import jax.numpy as jnp
import numpy as np

from au_jax.analysis.action_regions import moved_region, share_inside
from au_jax.analysis.attribution import attribution_maps, with_random_outputs
from au_jax.analysis.rendered_units import render_units
from au_jax.detector.cnn import CnnModel
from au_jax.methods.method import FoldRun
from au_jax.models.inference import image_outputs
from au_jax.models.preprocessing import network_input, visible_faces
from au_jax.pipeline.analyses.drawn_people import drawn_test_people
from au_jax.reporting.learned.measured import Arrays
from au_jax.settings import AttributionConfig
from au_jax.system.progress import progress_bar


def region_check(
    run: FoldRun, model: CnnModel, shuffled: CnnModel | None, config: AttributionConfig
) -> Arrays:
    """Return how much of the attributions of each AU lies inside its region.

    Args:
        run: the fold; nothing is returned unless it tests built-in people.
        model: the CNN.
        shuffled: the CNN that was trained on shuffled labels; None if there is none.
        config: the settings.

    Returns:
        `regions` bool `[au, crop, crop]`; `rendered` uint8 `[au, crop, crop, channel]` of the first
        person; `logits` and `neutral_logits` `[au, person]` of the CNN; and for the networks `cnn`,
        `random` and `shuffled`, as far as they are there: `inside_NETWORK`, the shares inside,
        `[draw, map, au, person]`, and `mean_NETWORK`, the mean over people of maps that sum to 1
        each, `[map, au, crop, crop]`.
    """
    people = drawn_test_people(run, config.people)
    if not people:
        return {}
    aus, size = run.dataset.aus, run.dataset.faces.face_shape[0]
    drawn = [render_units(seed, number, aus, size) for seed, number in people]
    active, still = (
        np.stack([_visible(getattr(one, name), model) for one in drawn], axis=1)
        for name in ("active", "still")
    )
    regions = np.stack([moved_region(*pair) for pair in zip(still, active, strict=True)])
    faces = np.stack([one.active for one in drawn], axis=1)
    networks = {"cnn": [model], "random": _random_units(model, config)}
    if shuffled is not None:
        networks["shuffled"] = [shuffled]
    found: dict[str, np.ndarray] = {}
    with progress_bar(
        sum(map(len, networks.values())), f"{run.name} attribution", "network"
    ) as bar:
        for name, models in networks.items():
            maps = []
            for one in models:
                maps.append(_maps(one, faces, config))
                bar.update()
            found |= _measured(name, np.stack(maps), regions)
    neutral = np.stack([one.neutral for one in drawn])
    return {
        **found,
        "regions": regions,
        "rendered": np.rint(active[:, 0]).astype(np.uint8),
        "logits": np.stack([_logits(model, of_unit)[:, n] for n, of_unit in enumerate(faces)]),
        "neutral_logits": _logits(model, neutral).T,
    }


def _random_units(model: CnnModel, config: AttributionConfig) -> list[CnnModel]:
    seeds = np.random.SeedSequence(config.seed).generate_state(config.random_units).tolist()
    return [
        dataclasses.replace(model, params=with_random_outputs(model.network, model.params, seed))
        for seed in seeds
    ]


def _visible(faces: np.ndarray, model: CnnModel) -> np.ndarray:
    return np.asarray(visible_faces(jnp.asarray(faces), model.face_input))


def _maps(model: CnnModel, faces: np.ndarray, config: AttributionConfig) -> np.ndarray:
    """Return the maps of each AU's faces, `[map, au, person, crop, crop]`."""
    found = [
        attribution_maps(
            model.params,
            network_input(jnp.asarray(of_unit), model.mean_face, model.face_input),
            jnp.full(len(of_unit), unit),
            network=model.network,
            average_mirrored=model.face_input.average_mirrored,
            steps=config.steps,
        )
        for unit, of_unit in enumerate(faces)
    ]
    return np.stack(found, axis=1)


def _measured(name: str, maps: np.ndarray, regions: np.ndarray) -> Arrays:
    """Return shares and mean maps of a network's `[draw, map, au, person, crop, crop]`."""
    inside = [
        [[share_inside(*pair) for pair in zip(of_kind, regions, strict=True)] for of_kind in draw]
        for draw in maps
    ]
    size = np.abs(maps.astype(np.float64))
    total = size.sum(axis=(-2, -1), keepdims=True)
    even = np.divide(size, total, out=np.zeros_like(size), where=total > 0)
    mean = even.mean(axis=(0, 3)).astype(np.float32)
    return {f"inside_{name}": np.array(inside), f"mean_{name}": mean}


def _logits(model: CnnModel, faces: np.ndarray) -> np.ndarray:
    """Return the logits of faces, float32 `[face, au]`."""
    images = network_input(jnp.asarray(faces), model.mean_face, model.face_input)
    logits, _ = image_outputs(
        model.params,
        images,
        network=model.network,
        average_mirrored=model.face_input.average_mirrored,
    )
    return np.asarray(logits)
