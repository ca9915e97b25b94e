"""Write a trained detector into a folder that runs without this package.

    python -m au_jax.export --model=runs/gft_10fold/fold_00 --method=hybrid --out=hybrid

The folder is used with jax and NumPy, or with onnxruntime alone; docs/export.md shows how.
"""

import sys
from collections.abc import Sequence

from absl import flags

from au_jax.system.command import execute


def run(arguments: Sequence[str]) -> int:
    """Run the command.

    Args:
        arguments: command line, the program's name first.

    Returns:
        the exit code, see `au_jax.system.command`.
    """
    values = _define_flags()

    def body() -> None:
        for name in ("model", "out"):
            if not values[name].value:
                raise flags.Error(f"give --{name}=FOLDER; --help explains")
        # Only now: --help and wrong flags need none of the libraries below.
        from au_jax.detector.detector import Detector
        from au_jax.exporting.folder import ExportChoice, export_detector

        choice = ExportChoice(values.formats, values.platforms)
        choice.check()
        detector = Detector.load(values.model, values.method)
        folder = export_detector(detector, values.out, choice)
        for file in sorted(folder.iterdir()):
            print(f"{file}  {file.stat().length / 1e6:.2f} MB")

    return execute(values, arguments, __doc__ or "", body)


def _define_flags() -> flags.FlagValues:
    values = flags.FlagValues()
    for name, default, explanation in (
        ("model", None, "Folder of a trained method, of a fold, or of a saved detector."),
        ("method", None, "Which method of a fold; by default the strongest that is there."),
        ("out", None, "Folder to write: a new or empty one, or an earlier export."),
    ):
        flags.DEFINE_string(name, default, explanation, flag_values=values)
    flags.DEFINE_list(
        "formats",
        ["jax", "npz"],
        "What to write: jax (with npz, its parameters), npz, onnx.",
        flag_values=values,
    )
    flags.DEFINE_list(
        "platforms",
        ["cpu", "cuda", "tpu"],
        "Where the jax artefact can run, of cpu, cuda, tpu and rocm.",
        flag_values=values,
    )
    return values


if __name__ == "__main__":
    sys.exit(run(sys.argv))
