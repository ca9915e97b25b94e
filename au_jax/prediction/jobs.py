"""Predicting a video and writing its files, as a job that can be stopped at any moment."""

import dataclasses
import functools
import json
from collections.abc import Mapping, Sequence
from typing import Any

from etils import epath

import au_jax
from au_jax.datasets.raw.folder import pictures_at
from au_jax.datasets.raw.recording_landmarks import LandmarkFolder
from au_jax.detector.detector import Detector
from au_jax.errors import InputError
from au_jax.metrics.calibration import Threshold
from au_jax.prediction.formats import FORMATS
from au_jax.prediction.parts import VideoParts, is_under_way
from au_jax.prediction.prediction import make_prediction
from au_jax.prediction.video_prediction import score_video
from au_jax.system import atomic_files
from au_jax.system.jobs import Failure, FramesDone, Note, Tell
from au_jax.system.memory import give_large_arrays_back

PAGE, ANNOTATED = "page", "annotated"
"""What is written beside tables: a page to look at, and the video with drawings."""


@dataclasses.dataclass(frozen=True)
class PredictionChoice:
    """What is done with each video.

    Attributes:
        model: the folder of the detector, or its name.
        method: which one of several; None for the first.
        outputs: names in `FORMATS`, `PAGE` or `ANNOTATED`.
        people: how many faces are followed at most.
        threshold: from which score on an AU counts as present.
        landmarks: a folder with landmarks of each; None follows faces.
    """

    model: epath.Path
    method: str | None
    outputs: tuple[str, ...]
    people: int = 1
    threshold: Threshold = Threshold.DEFAULT
    landmarks: LandmarkFolder | None = None


@dataclasses.dataclass(frozen=True)
class PredictionJob:
    """One video; a `Job`.

    Attributes:
        video: a video file, or a folder of pictures.
        recording: what its results and its landmarks are called.
        choice: what is done with it.
        files: where each output goes.
        about: where the facts go; it is written last, which marks the video as done.
        expected_frames: about how many frames it has.
        made_from: the video's name and size, and what its scores depend on, as JSON values.
    """

    video: epath.Path
    recording: str
    choice: PredictionChoice
    files: Mapping[str, epath.Path]
    about: epath.Path
    expected_frames: int
    made_from: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Name of the video."""
        return self.video.name

    def is_done(self) -> bool:
        """Return whether its results are there, made from the same."""
        if not self.about.exists() or not all(file.exists() for file in self.files.values()):
            return False
        try:
            about = json.loads(self.about.read_text())
        except ValueError:
            return False
        return about.get("made_from") == json.loads(json.dumps(self._key()))

    def others(self) -> list[epath.Path]:
        """Return files that are there and are no results of this job, done or under way."""
        if self.is_done() or is_under_way(self._parts_folder, self._scores_key()):
            return []
        return [file for file in (*self.files.values(), self.about) if file.exists()]

    def do(self, tell: Tell) -> None:
        """Score the video and write its files; trouble with it is told."""
        give_large_arrays_back()
        try:
            self._predict(tell)
        except InputError as error:
            tell(Failure(self.name, str(error)))
        except MemoryError:
            tell(Failure(self.name, "memory ran out; close other programs or give fewer --workers"))

    @property
    def _parts_folder(self) -> epath.Path:
        return self.about.parent / f".{self.about.name}.parts"

    def _scores_key(self) -> dict[str, Any]:
        """Return what the scores depend on; other formats or thresholds do without new ones."""
        return {**self.made_from, "people": self.choice.people}

    def _key(self) -> dict[str, Any]:
        """Return what the results depend on."""
        of_files = {"threshold": self.choice.threshold.value, "outputs": sorted(self.files)}
        return {**self._scores_key(), **of_files}

    def _predict(self, tell: Tell) -> None:
        choice = self.choice
        detector = load_detector(choice.model, choice.method)
        pictures = pictures_at(self.video)
        track = None
        if choice.landmarks is not None:
            track = choice.landmarks.start(self.recording, pictures)
        parts = VideoParts(self._parts_folder, self._scores_key())
        try:
            frames, facts = score_video(
                pictures,
                detector,
                choice.people,
                self.name,
                landmarks=track,
                parts=parts,
                tell=lambda count: tell(FramesDone(count)),
            )
        except InputError:
            parts.abandon()
            raise
        for note in facts.notes:
            tell(Note(self.name, note))
        found = make_prediction(frames, detector, facts, choice.threshold)
        for name, file in self.files.items():
            if name in FORMATS:
                atomic_files.write_bytes(file, FORMATS[name].content(found))
            elif name == PAGE:
                from au_jax.prediction.page import write_page

                write_page(file, found, frames, pictures)
            else:
                from au_jax.prediction.annotate import write_annotated_video

                write_annotated_video(file, found, frames, pictures)
        atomic_files.write_json(self.about, {**found.about, "made_from": self._key()})
        parts.remove()


@functools.lru_cache(maxsize=1)
def load_detector(model: epath.Path, method: str | None) -> Detector:
    """Return the detector in a folder, loaded once in each process."""
    return Detector.load(model, method)


def plan_jobs(
    videos: Sequence[epath.Path], choice: PredictionChoice, out: epath.Path
) -> list[PredictionJob]:
    """Return a job for each video; nothing is decoded yet.

    Args:
        videos: the videos.
        choice: what is done with each.
        out: the folder of the results, or the file of a single output of a single video.

    Raises:
        InputError: if the detector cannot be read, or results would have the same name.
    """
    detector = load_detector(choice.model, choice.method)
    depends_on = {"model": detector.digest, "au_jax": au_jax.__version__}
    jobs = []
    for video, name in zip(videos, _names(videos), strict=True):
        files = {output: out / f"{name}{_ending(output)}" for output in choice.outputs}
        about = out / f"{name}.json"
        if is_file(out):
            files, about = {choice.outputs[0]: out}, out.with_suffix(".json")
        expected, made_from = _facts(video, name, choice.landmarks)
        made_from |= depends_on
        jobs.append(PredictionJob(video.resolve(), name, choice, files, about, expected, made_from))
    return jobs


def is_file(out: epath.Path) -> bool:
    """Return whether the place of results is meant to be a file: it has an ending."""
    return bool(out.suffix) and not out.is_dir()


def _facts(
    video: epath.Path, recording: str, landmarks: LandmarkFolder | None
) -> tuple[int, dict[str, Any]]:
    """Return how many frames a video has, and what identifies it.

    One that cannot be read has none: it is told when its turn comes, and the others are predicted.
    """
    try:
        pictures = pictures_at(video)
        made_from = pictures.made_from()
        if landmarks is not None:
            made_from |= landmarks.made_from(recording)
        return len(pictures.count().numbers), made_from
    except InputError:
        return 0, {}


def _ending(output: str) -> str:
    if output in FORMATS:
        return FORMATS[output].ending
    return {PAGE: ".html", ANNOTATED: ".annotated.mp4"}[output]


def _names(videos: Sequence[epath.Path]) -> list[str]:
    """Return what results are called: names without endings, or with them where two are alike."""
    stems = [video.stem if not video.is_dir() else video.name for video in videos]
    names = [
        video.name if stems.count(stem) > 1 else stem
        for video, stem in zip(videos, stems, strict=True)
    ]
    for name, video in zip(names, videos, strict=True):
        if names.count(name) > 1:
            raise InputError(
                f"two videos are called {name!r}, one of them {video}; predict them in two "
                "commands, each with an --out of its own"
            )
    return names
