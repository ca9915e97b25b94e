"""A detector on disk: `detector.json`, which describes it, and `model/`, its arrays.

A block refers to those it builds on by their folders, relative to its own, so that the hybrid of a
fold does not hold the CNN a second time; a block without arrays is written where it is used. A
folder that was saved as a whole holds all it needs.
"""

import dataclasses
import json
import os.path
from collections.abc import Mapping
from typing import Any

from etils import epath

import au_jax
from au_jax.detector.blendshape_rules import BlendshapeRules
from au_jax.detector.block import Block, Model
from au_jax.detector.cnn import CnnModel
from au_jax.detector.columns import ColumnsModel, ConstantModel
from au_jax.detector.computed_features import ComputedFeatures
from au_jax.detector.ensemble import EnsembleModel
from au_jax.detector.fusion import FusionModel, MeanModel
from au_jax.detector.jpml import JpmlModel
from au_jax.detector.linear import LinearModel
from au_jax.detector.lstm import LstmModel
from au_jax.errors import InputError
from au_jax.metrics.calibration import Calibration, Threshold
from au_jax.runs.layout import MethodFolder
from au_jax.system import atomic_files
from au_jax.system.checkpoints import has_model, load_model, save_model

FORMAT = 1
"""Version of `detector.json`."""
DESCRIPTION_FILE = "detector.json"

_KINDS: dict[str, type[Model]] = {
    kind.KIND: kind
    for kind in (
        *(CnnModel, LstmModel, FusionModel, MeanModel, ComputedFeatures, LinearModel, JpmlModel),
        *(ConstantModel, ColumnsModel, EnsembleModel, BlendshapeRules),
    )
}
_INPUTS, _HAS_ARRAYS = "inputs", "has_arrays"


@dataclasses.dataclass(frozen=True)
class Description:
    """What a detector is for.

    Attributes:
        aus: the action units of its scores; empty for features alone.
        face_shape: height, width and channels of the faces that it was trained on.
        origin: method, experiment, fold and data set, by name; how many subjects trained it, and
            whether they were drawn.
        preparation: how these faces were prepared, by name of the setting.
    """

    aus: tuple[int, ...]
    face_shape: tuple[int, int, int]
    origin: Mapping[str, Any]
    preparation: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def save_bundle(
    folder: epath.Path, block: Block, description: Description, *, whole: bool = False
) -> None:
    """Write a block; its arrays come last, which ends the training that left them.

    Args:
        folder: where it is written.
        block: what is written.
        description: what it is for.
        whole: write also the blocks that lie in other folders, so that this one can be copied.
    """
    content = {"format": FORMAT, "au_jax": au_jax.__version__, **dataclasses.asdict(description)}
    _write(folder, block, {} if whole else None, content)


def _write(
    folder: epath.Path,
    block: Block,
    written: dict[int, epath.Path] | None,
    content: Mapping[str, Any],
) -> None:
    """Write a block and what it builds on.

    Args:
        folder: where it is written.
        block: what is written.
        written: where blocks were written already, by identity; None refers to where they lie.
        content: what its description says beside the block.
    """
    description = {**content, **_as_json(folder, block, written)}
    atomic_files.write_json(folder / DESCRIPTION_FILE, description)
    if description[_HAS_ARRAYS]:
        save_model(folder, block.model.arrays())


def _as_json(
    folder: epath.Path, block: Block, written: dict[int, epath.Path] | None
) -> dict[str, Any]:
    """Write what a block builds on and return the block as JSON; arguments as of `_write`."""
    inputs: list[Any] = []
    for number, one in enumerate(block.inputs):
        place = one.folder if written is None else written.get(id(one))
        if place is not None:
            inputs.append(os.path.relpath(place, folder))
            continue
        inside = f"{_INPUTS}/{number}"
        if not one.model.arrays():
            inputs.append(_as_json(folder / inside, one, written))
            continue
        _write(folder / inside, one, written, {})
        inputs.append(inside)
        if written is not None:
            written[id(one)] = folder / inside
    return {
        "kind": block.model.KIND,
        "settings": block.model.settings(),
        _INPUTS: inputs,
        _HAS_ARRAYS: bool(block.model.arrays()),
    }


def has_bundle(folder: epath.Path) -> bool:
    """Return whether a folder holds a complete block."""
    if not (folder / DESCRIPTION_FILE).exists():
        return False
    return not _read(folder)[_HAS_ARRAYS] or has_model(folder)


def load_bundle(
    folder: epath.Path, loaded: dict[epath.Path, Block] | None = None
) -> tuple[Block, Description]:
    """Return what `save_bundle` wrote.

    Args:
        folder: where it lies.
        loaded: blocks by folder that are in memory already, to which this adds those it loads.

    Raises:
        InputError: if there is none, or it is of another version, or a part is missing.
    """
    content = _read(folder)
    lacking = {"format", "aus", "face_shape", "origin"} - content.keys()
    if lacking:
        raise InputError(
            f"{folder / DESCRIPTION_FILE} describes a part of a detector: it lacks {min(lacking)}; "
            "load the folder that holds it"
        )
    found = content["format"]
    if found != FORMAT:
        raise InputError(
            f"{folder / DESCRIPTION_FILE} is of format {found}, this version of au_jax "
            f"({au_jax.__version__}) reads {FORMAT}; it was written by version "
            f"{content.get('au_jax', 'unknown')}: use that one, or train again"
        )
    height, width, channels = content["face_shape"]
    description = Description(
        aus=tuple(content["aus"]),
        face_shape=(height, width, channels),
        origin=content["origin"],
        preparation=content.get("preparation", {}),
    )
    loaded = {} if loaded is None else loaded
    if folder not in loaded:
        loaded[folder] = _block_of(folder, content, loaded)
    return loaded[folder], description


def _block_of(
    folder: epath.Path,
    content: Mapping[str, Any],
    loaded: dict[epath.Path, Block],
    *,
    inline: bool = False,
) -> Block:
    """Return the block that JSON describes; blocks that several build on are loaded once."""
    kind = _KINDS.get(content["kind"])
    if kind is None:
        raise InputError(
            f"{folder / DESCRIPTION_FILE} describes a {content['kind']!r}; this version of au_jax "
            f"knows {', '.join(_KINDS)}"
        )
    inputs = []
    for one in content[_INPUTS]:
        if not isinstance(one, str):
            inputs.append(_block_of(folder, one, loaded, inline=True))
            continue
        place = folder
        for step in one.split("/"):
            place = place.parent if step == ".." else place / step
        if place not in loaded:
            loaded[place] = _block_of(place, _read(place), loaded)
        inputs.append(loaded[place])
    arrays = load_model(folder) if content[_HAS_ARRAYS] else {}
    model = kind.restored(content["settings"], arrays)
    return Block(model, tuple(inputs), None if inline else folder)


def _read(folder: epath.Path) -> dict[str, Any]:
    file = folder / DESCRIPTION_FILE
    if not file.exists():
        raise InputError(
            f"there is no {file}: either this is not the folder of a trained method, or its "
            "training is not finished; run the experiment to its end first"
        )
    try:
        content = json.loads(file.read_text())
        lacking = {"kind", "settings", _INPUTS, _HAS_ARRAYS} - content.keys()
    except (ValueError, AttributeError) as error:
        raise InputError(f"{file} is not the description of a detector: {error}") from error
    if lacking:
        raise InputError(f"{file} is not the description of a detector: it lacks {min(lacking)}")
    return content


def read_calibration(folder: epath.Path, num_aus: int) -> Calibration | None:
    """Return what the scores of the detector in a folder mean; None if nobody has measured it.

    Raises:
        InputError: if the file is damaged, or that of a detector of other AUs.
    """
    file = MethodFolder(folder).calibration
    if not file.exists():
        return None
    try:
        found = Calibration.from_json(json.loads(file.read_text()))
        complete = all(kind in found.thresholds for kind in Threshold)
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{file} is not the calibration of a detector: {error!r}") from error
    if not complete or any(
        len(values) != num_aus for values in (found.slope, found.offset, *found.thresholds.values())
    ):
        raise InputError(f"{file} is not the calibration of a detector of {num_aus} action units")
    return found
