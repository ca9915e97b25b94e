"""Predicting many videos: what is checked first, who does the work, what is said."""

import sys
from collections.abc import Sequence

from etils import epath

from au_jax.datasets.raw.recording_landmarks import LandmarkFolder, TrackedFaces
from au_jax.detector.detector import is_built_in
from au_jax.errors import InputError
from au_jax.metrics.calibration import Threshold
from au_jax.prediction.finding_videos import find_videos
from au_jax.prediction.formats import check_formats
from au_jax.prediction.jobs import (
    ANNOTATED,
    PAGE,
    PredictionChoice,
    PredictionJob,
    is_file,
    load_detector,
    plan_jobs,
)
from au_jax.prediction.prediction import warning_of
from au_jax.system.jobs import Failure
from au_jax.system.progress import progress_bar, teller
from au_jax.system.worker_processes import default_workers, do_jobs


def predict_videos(
    given: Sequence[str],
    *,
    model: str,
    method: str | None,
    out: str,
    formats: Sequence[str],
    people: int = 1,
    threshold: Threshold = Threshold.DEFAULT,
    landmarks: str | None = None,
    page: bool = False,
    annotate: bool = False,
    workers: int | None = None,
    overwrite: bool = False,
) -> list[epath.Path]:
    """Predict videos, and return the first file of each.

    Videos whose results are there already are not predicted again; one that was stopped goes on.

    Args:
        given: as of `find_videos`.
        model: the folder of a detector, of a method, of a fold, or of a run; or the name of one
            that takes no training.
        method: which one of several; None for the first.
        out: the folder of the results, or the file of a single format of a single video.
        formats: names in `FORMATS`.
        people: how many faces are followed at most.
        threshold: from which score on an AU counts as present.
        landmarks: a folder with `NAME.csv` of OpenFace or `NAME.npy` for each video; None follows
            faces.
        page: whether to write a page for each video.
        annotate: whether to write each video with drawings.
        workers: processes; None for as many as there are cores and work for.
        overwrite: whether results of other settings may be replaced.

    Raises:
        InputError: if something given cannot be used, or a video could not be predicted.
    """
    check_formats(formats)
    videos = find_videos(given)
    if landmarks is not None and people > 1:
        raise InputError(
            f"--landmarks are those of one person, but --faces is {people}; leave one of them out"
        )
    known = None if landmarks is None else LandmarkFolder(epath.Path(landmarks))
    (known or TrackedFaces()).require()
    choice = PredictionChoice(
        epath.Path(model) if is_built_in(model) else epath.Path(model).resolve(),
        method,
        (*formats, *([PAGE] if page else []), *([ANNOTATED] if annotate else [])),
        people,
        threshold,
        known,
    )
    jobs = plan_jobs(videos, choice, _place(out, len(videos), len(choice.outputs)))
    _refuse_others(jobs, overwrite)
    if warning := warning_of(load_detector(choice.model, method)):
        print(f"warning: {warning}", file=sys.stderr)
    _do(jobs, workers)
    return [next(iter(job.files.values())) for job in jobs]


def _place(out: str, videos: int, outputs: int) -> epath.Path:
    """Return where results go; a file takes a single one."""
    place = epath.Path(out)
    if is_file(place) and (outputs > 1 or videos > 1):
        raise InputError(
            f"--out={out} is a file, but there are {videos} videos in {outputs} formats; give a "
            "folder"
        )
    return place


def _refuse_others(jobs: Sequence[PredictionJob], overwrite: bool) -> None:
    for job in jobs:
        others = job.others()
        if others and not overwrite:
            raise InputError(
                f"{others[0]} is there already, of another video, model or settings; give another "
                "--out, or --overwrite to replace it"
            )


def _do(jobs: Sequence[PredictionJob], workers: int | None) -> None:
    todo = [job for job in jobs if not job.is_done()]
    failures: list[Failure] = []
    if todo:
        total = sum(job.expected_frames for job in todo)
        with progress_bar(total, "predicting", unit="frames") as bar:
            do_jobs(todo, _workers(todo, workers), teller(bar, failures))
    if failures:
        raise InputError(
            f"{len(failures)} of {len(jobs)} videos could not be predicted ("
            f"{', '.join(failure.recording for failure in failures[:5])}; first: "
            f"{failures[0].reason}). The results of the others are there"
        )


def _workers(jobs: Sequence[PredictionJob], asked: int | None) -> int:
    """Return how many processes to use: one where there is an accelerator to share."""
    if asked is not None:
        return asked
    import jax

    return default_workers(jobs) if jax.default_backend() == "cpu" else 1
