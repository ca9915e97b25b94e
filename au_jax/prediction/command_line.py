"""Find action units in videos, with a detector that is trained.

    python -m au_jax.predict --model=runs/synthetic_3fold/detector --video=clip.mp4 --out=results
    python -m au_jax.predict --model=DIR --format=openface,events --faces=2 videos/ *.mov
    python -m au_jax.predict --model=DIR --video=clip.mp4 --page --annotate

A video is a file, a folder of pictures whose names end with numbers, or a picture; folders of
videos and patterns are taken apart. The table has a row for each frame, also where no face was
found. It can be stopped at any moment; the same command goes on where it stopped.

A model is what `python -m au_jax.main --experiment=… --final` leaves: of your own coded videos, see
the README, or, to try it, `--experiment=synthetic_3fold --final`, which is trained on drawn faces.
Without any labels, --model=blendshape_rules reads action units from MediaPipe's blendshapes; that
takes no training, and was not validated against FACS.
"""

from collections.abc import Sequence

from absl import flags

from au_jax.errors import InputError
from au_jax.system.command import execute

_NO_MODEL = (
    "no model is named: give --model=DIR, the folder of a detector. Train one on your own coded "
    "videos (python -m au_jax.main --experiment=folder_3fold --dataset=NAME --final), or, to try "
    "it, on drawn faces: python -m au_jax.main --experiment=synthetic_3fold --final. Or give "
    "--model=blendshape_rules, which takes no training and was not validated against FACS"
)
_FORMATS = (
    "What is written: native, openface, pyfeat, events, parquet; several with commas between."
)
_THRESHOLD = (
    "Score from which on an AU counts as present: 0, or the best one for validation people."
)
_LANDMARKS = "Folder of landmark files, NAME.csv of OpenFace or NAME.npy; default: faces are found."


def run(arguments: Sequence[str]) -> int:
    """Run the command.

    Args:
        arguments: command line, the program's name first.

    Returns:
        the exit code, see `au_jax.system.command`.
    """
    values = _define_flags()
    further: list[str] = []

    def body() -> None:
        if not values.model:
            raise InputError(_NO_MODEL)
        # Only now: --help and wrong flags need none of the libraries below.
        from au_jax.metrics.calibration import Threshold
        from au_jax.prediction.many_videos import predict_videos

        done = predict_videos(
            [*values.video, *further],
            model=values.model,
            method=values.method,
            out=values.out,
            formats=values.format,
            people=values.faces,
            threshold=Threshold(values.threshold),
            landmarks=values.landmarks,
            page=values.page,
            annotate=values.annotate,
            workers=values.workers,
            overwrite=values.overwrite,
        )
        print(f"results: {done[0] if len(done) == 1 else f'{len(done)} videos in {values.out}'}")

    return execute(values, arguments, __doc__ or "", body, further)


def _define_flags() -> flags.FlagValues:
    values = flags.FlagValues()

    def text(name: str, default: str | None, explanation: str) -> None:
        flags.DEFINE_string(name, default, explanation, flag_values=values)

    def switch(name: str, explanation: str) -> None:
        flags.DEFINE_boolean(name, False, explanation, flag_values=values)

    text("model", None, "Folder of a detector, method, fold or run; or blendshape_rules.")
    text("method", None, "Which method of a fold or a run; default: the strongest there.")
    flags.DEFINE_multi_string(
        "video", [], "Video, folder or pattern; may be repeated.", flag_values=values
    )
    text("out", "predictions", "Folder of the results, or the file of a single one.")
    flags.DEFINE_list("format", ["native"], _FORMATS, flag_values=values)
    flags.DEFINE_enum(
        "threshold", "default", ["default", "f1", "equal_error"], _THRESHOLD, flag_values=values
    )
    flags.DEFINE_integer(
        "faces", 1, "How many faces are followed at most.", lower_bound=1, flag_values=values
    )
    text("landmarks", None, _LANDMARKS)
    switch("page", "Also write a page to look at: AUs over time, with the face.")
    switch("annotate", "Also write the video with boxes, landmarks and AUs.")
    switch("overwrite", "Replace results of other settings.")
    flags.DEFINE_integer(
        "workers",
        None,
        "Videos at a time; default: as many as cores, if there is enough to do.",
        lower_bound=1,
        flag_values=values,
    )
    return values
