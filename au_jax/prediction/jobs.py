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
from au_jax.prediction.parts import VideoParts
from au_jax.prediction.prediction import make_prediction
from au_jax.prediction.video_prediction import score_video
from au_jax.system import atomic_files
from au_jax.system.jobs import Failure, FramesDone, Note, Tell

PAGE, ANNOTATED = "page", "annotated"
"""What is written beside tables: a page to look at, and the video with drawings."""


@dataclasses.dataclass(frozen=True)
class PredictionJob:
    """One video; a `Job`.

    Attributes:
        video: a video file, or a folder of pictures.
        recording: what its results and its landmarks are called.
        model: the folder of the detector.
        method: which one of several; None for the first.
        files: where each format, page or annotated video goes.
        about: where the facts go; it is written last, which marks the video as done.
        people: how many faces are followed at most.
        threshold: from which score on an AU counts as present.
        landmarks: where its landmarks come from; None follows faces.
        expected_frames: about how many frames it has.
        made_from: the video's name and size, and what the results depend on, as JSON values.
    """

    video: epath.Path
    recording: str
    model: epath.Path
    method: str | None
    files: Mapping[str, epath.Path]
    about: epath.Path
    people: int
    threshold: Threshold
    landmarks: LandmarkFolder | None
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
            return json.loads(self.about.read_text()).get("made_from") == self._key()
        except ValueError:
            return False

    def others(self) -> list[epath.Path]:
        """Return files that are there and are not results of this job."""
        if self.is_done():
            return []
        return [file for file in (*self.files.values(), self.about) if file.exists()]

    def do(self, tell: Tell) -> None:
        """Score the video and write its files; trouble with it is told."""
        try:
            self._predict(tell)
        except InputError as error:
            tell(Failure(self.name, str(error)))
        except MemoryError:
            tell(Failure(self.name, "memory ran out; close other programs or give fewer --workers"))

    def _key(self) -> dict[str, Any]:
        settings = {"people": self.people, "threshold": self.threshold.value}
        outputs = sorted(self.files)
        return json.loads(json.dumps({**self.made_from, **settings, "outputs": outputs}))

    def _predict(self, tell: Tell) -> None:
        detector = load_detector(self.model, self.method)
        pictures = pictures_at(self.video)
        track = None
        if self.landmarks is not None:
            track = self.landmarks.start(self.recording, pictures)
        hidden = self.about.parent / f".{self.about.name}.parts"
        parts = VideoParts(hidden, {**self.made_from, "people": self.people})
        frames, facts = score_video(
            pictures,
            detector,
            self.people,
            self.name,
            landmarks=track,
            parts=parts,
            tell=lambda count: tell(FramesDone(count)),
        )
        for note in facts.notes:
            tell(Note(self.name, note))
        found = make_prediction(frames, detector, facts, self.threshold)
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
    videos: Sequence[epath.Path],
    *,
    model: epath.Path,
    method: str | None,
    out: epath.Path,
    outputs: Sequence[str],
    people: int,
    threshold: Threshold,
    landmarks: LandmarkFolder | None = None,
) -> list[PredictionJob]:
    """Return a job for each video; nothing is decoded yet.

    Args:
        videos: the videos.
        model: the folder of the detector.
        method: which one of several.
        out: the folder of the results, or the file of a single format of a single video.
        outputs: formats, and what else is written.
        people: how many faces are followed at most.
        threshold: from which score on an AU counts as present.
        landmarks: a folder with landmarks of each; None follows faces.

    Raises:
        InputError: if the detector cannot be read, or results would have the same name.
    """
    depends_on = {"model": load_detector(model, method).digest, "au_jax": au_jax.__version__}
    names = _names(videos)
    jobs = []
    for video, name in zip(videos, names, strict=True):
        files = {output: out / f"{name}{_ending(output)}" for output in outputs}
        about = out / f"{name}.json"
        if out.suffix and not out.is_dir():
            files, about = {outputs[0]: out}, out.with_suffix(".json")
        try:
            pictures = pictures_at(video)
            expected, made_from = len(pictures.count().numbers), pictures.made_from()
            if landmarks is not None:
                made_from |= landmarks.made_from(name)
        except InputError:
            expected, made_from = 0, {}  # told when its turn comes: the others are predicted
        jobs.append(
            PredictionJob(
                video=video.resolve(),
                recording=name,
                model=model,
                method=method,
                files=files,
                about=about,
                people=people,
                threshold=threshold,
                landmarks=landmarks,
                expected_frames=expected,
                made_from={**made_from, **depends_on},
            )
        )
    return jobs


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
