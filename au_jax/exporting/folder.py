"""An export in a folder, which is there in full or not at all."""

import contextlib
import dataclasses
import json
from collections.abc import Sequence
from typing import Any

from etils import epath

from au_jax.detector.detector import Detector
from au_jax.errors import InputError
from au_jax.exporting.description import FORMAT_KEY, config_json
from au_jax.exporting.jax_artefact import PLATFORMS, check_platforms, serialise
from au_jax.exporting.onnx_graph.model import OPSET, STATE_AFTER, check_onnx, onnx_bytes
from au_jax.exporting.program import STATE, Program, program_of
from au_jax.system import atomic_files

JAX, NPZ, ONNX = FORMATS = ("jax", "npz", "onnx")
"""What can be written."""
USUAL_FORMATS = (JAX, NPZ)
CONFIG_FILE = "config.json"
PARAMETERS_FILE, ARTEFACT_FILE, ONNX_FILE = (
    "parameters.npz",
    "detector.jax_export",
    "detector.onnx",
)


@dataclasses.dataclass(frozen=True)
class ExportChoice:
    """What of an export is wanted.

    Attributes:
        formats: of `FORMATS`; `jax` brings `npz` with it, which holds its parameters.
        platforms: where the `jax` artefact can run.
    """

    formats: Sequence[str] = USUAL_FORMATS
    platforms: Sequence[str] = PLATFORMS

    def check(self) -> None:
        """Refuse what is not known.

        Raises:
            InputError: for a format or platform that is not, or none.
        """
        for name in self.formats or [""]:
            if name not in FORMATS:
                raise InputError(
                    f"--formats={','.join(self.formats)}: {name!r} is no format; allowed are "
                    f"{', '.join(FORMATS)}, one or several, as in --formats=jax,npz"
                )
        check_platforms(self.platforms)


def export_detector(
    detector: Detector, directory: epath.PathLike, choice: ExportChoice | None = None
) -> epath.Path:
    """Write a detector into a folder that works without this package.

    Args:
        detector: the detector.
        directory: where it is written; an earlier export there is replaced.
        choice: what is written; None writes the usual formats for all platforms.

    Returns:
        the folder.

    Raises:
        InputError: if the folder holds something else, or the detector cannot be exported so.
    """
    choice = choice or ExportChoice()
    choice.check()
    folder = epath.Path(directory).resolve()
    check_folder(folder)
    program = program_of(detector)
    if ONNX in choice.formats:
        check_onnx(program)
    with atomic_files.replacing_folder(folder) as temporary:
        artefacts = _write_artefacts(temporary, program, choice)
        config = config_json(program, detector.description, detector.calibration, artefacts)
        atomic_files.write_json(temporary / CONFIG_FILE, config)
    return folder


def check_folder(folder: epath.Path) -> None:
    """Refuse a folder that holds something other than an earlier export.

    Raises:
        InputError: if it does, or is a file.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise InputError(f"--out={folder} is a file; give a folder that is new or empty")
    if any(folder.iterdir()) and not _is_export(folder):
        raise InputError(
            f"--out={folder} holds files that are no earlier export; they would be lost. Give a "
            "folder that is new or empty, or holds an export, which is then replaced"
        )


def _is_export(folder: epath.Path) -> bool:
    with contextlib.suppress(OSError, ValueError):
        content = json.loads((folder / CONFIG_FILE).read_text())
        return isinstance(content, dict) and FORMAT_KEY in content
    return False


def _write_artefacts(
    folder: epath.Path, program: Program, choice: ExportChoice
) -> dict[str, dict[str, Any]]:
    """Write what was chosen and return what `config.json` says of it."""
    inputs, outputs = ([one.name for one in some] for some in (program.inputs, program.outputs))
    artefacts: dict[str, dict[str, Any]] = {}
    if {JAX, NPZ} & set(choice.formats):
        atomic_files.write_arrays(folder / PARAMETERS_FILE, program.parameters())
        artefacts[NPZ] = {"file": PARAMETERS_FILE}
    if JAX in choice.formats:
        atomic_files.write_bytes(folder / ARTEFACT_FILE, serialise(program, choice.platforms))
        artefacts[JAX] = {
            "file": ARTEFACT_FILE,
            "platforms": list(choice.platforms),
            "takes": [PARAMETERS_FILE, *inputs],
            "returns": outputs,
        }
    if ONNX in choice.formats:
        atomic_files.write_bytes(folder / ONNX_FILE, onnx_bytes(program))
        returned = [STATE_AFTER if name == STATE else name for name in outputs]
        artefacts[ONNX] = {
            "file": ONNX_FILE,
            "opset": OPSET,
            "takes": inputs,
            "returns": returned,
        }
    return artefacts
