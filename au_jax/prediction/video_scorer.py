"""From the pictures of a video to scores: faces followed, aligned and scored, while it is read."""

import concurrent.futures
import contextlib
import dataclasses
import itertools
from collections.abc import Generator, Iterable, Iterator, Sequence

import jax
import numpy as np

from au_jax.detector.detector import Detector
from au_jax.detector.scoring import Memory, RecordingScorer
from au_jax.errors import InputError
from au_jax.faces.affine_warp import invert_transforms
from au_jax.faces.alignment import (
    AlignedFrames,
    AlignerState,
    FaceAligner,
    blocks_of_one_size,
)
from au_jax.faces.landmarks import LandmarkSource
from au_jax.faces.people_tracker import PeopleState, PeopleTracker
from au_jax.faces.similarity import transform_points
from au_jax.faces.video import VideoFrame
from au_jax.prediction.people import OnePerson, PeopleSource
from au_jax.prediction.scored_frames import ScoredFrames
from au_jax.system.devices import on_cpu

FRAMES_AT_ONCE = 64
"""Frames that a detector scores in one call, of each person."""
_READ_AHEAD = 4
"""Few, since those of 4K take 25 MB each; a thread costs little beside decoding them."""


@dataclasses.dataclass(frozen=True)
class ScorerState:
    """All that is remembered between frames; picklable.

    Attributes:
        people: where faces are followed; None where they are known beforehand.
        aligners: how each was aligned last.
        memories: what the detector remembers of each; None of a person who has not come yet.
    """

    people: PeopleState | None
    aligners: tuple[AlignerState, ...]
    memories: tuple[Memory | None, ...]


@dataclasses.dataclass(frozen=True)
class _Chunk:
    """Blocks of frames, aligned, and where tracker and aligners were after them."""

    faces: Sequence[Sequence[tuple[AlignedFrames, jax.Array]]]
    people: PeopleState | None
    aligners: tuple[AlignerState, ...]


class VideoScorer:
    """Scores the faces of a video; one for each video.

    Finding and aligning faces and scoring them overlap: the detector is at the frames before.
    Nothing grows with the length of the video.

    Args:
        detector: what scores.
        people: how many faces are followed at most.
        state: of another scorer, to go on where that one was, with the same results.
        landmarks: those of a single person, found beforehand; None follows faces.
        at_once: frames that are scored in one call.

    Raises:
        InputError: if the detector's faces are not square pictures in colour, the networks that
            find faces are not installed, or landmarks are given for several people.
    """

    def __init__(
        self,
        detector: Detector,
        people: int = 1,
        state: ScorerState | None = None,
        landmarks: LandmarkSource | None = None,
        at_once: int = FRAMES_AT_ONCE,
    ) -> None:
        height, width, channels = detector.face_shape
        if height != width or channels != 3:
            raise InputError(
                f"the detector takes faces of {height} × {width} × {channels}; faces are cut out "
                "as squares with 3 colours: score such faces with Detector.scores"
            )
        self._at_once = at_once
        self._source = _source(people, state.people if state else None, landmarks)
        before = state.aligners if state else (None,) * people
        self._aligners = [FaceAligner(height, one) for one in before]
        memories = state.memories if state else (None,) * people
        self._detector = detector
        self._scorers = [
            None if memory is None else RecordingScorer(detector, at_once, memory)
            for memory in memories
        ]
        if people == 1 and self._scorers[0] is None:
            # A single person is scored from the first frame on, as recordings are in training.
            self._scorers[0] = RecordingScorer(detector, at_once)

    def __call__(
        self, frames: Iterable[VideoFrame]
    ) -> Generator[tuple[ScoredFrames, ScorerState], None, None]:
        """Yield what is said of the next frames, and the state after them.

        Close it before the video that the frames come from: threads work ahead.

        Args:
            frames: of a video, in order; those that come after the state's.
        """
        with (
            contextlib.closing(read_ahead(frames)) as coming_frames,
            concurrent.futures.ThreadPoolExecutor(1, "scores") as executor,
        ):
            executor.submit(self._compile)
            waiting = None
            for chunk in self._chunks(coming_frames):
                coming = executor.submit(self._score, chunk)
                if waiting is not None:
                    yield waiting.result()
                waiting = coming
            if waiting is not None:
                yield waiting.result()

    def _compile(self) -> None:
        """Compile the detector, while the first faces are looked for."""
        RecordingScorer(self._detector, self._at_once)(
            np.zeros((1, *self._detector.face_shape), np.uint8)
        )

    def score_now(self, frames: Sequence[VideoFrame]) -> tuple[ScoredFrames, ScorerState]:
        """Return what is said of a few frames, and the state after them, without overlapping.

        Args:
            frames: the next ones, all of one size, up to `at_once` of them.
        """
        (chunk,) = self._chunks(frames)
        return self._score(chunk)

    def _chunks(self, frames: Iterable[VideoFrame]) -> Iterator[_Chunk]:
        """Yield up to so many frames as are scored at once, aligned."""
        blocks: list[list[tuple[AlignedFrames, jax.Array]]] = []
        count, chunk = 0, None
        # Pictures are cut on the CPU, also where the detector has a GPU.
        for block in blocks_of_one_size(frames, self._at_once):
            if chunk is not None and count + len(block) > self._at_once:
                yield chunk
                blocks, count = [], 0
            with on_cpu():
                points, confidence = self._source(block)
                blocks.append(
                    [
                        align(block, points[:, person], confidence[:, person])
                        for person, align in enumerate(self._aligners)
                    ]
                )
            count += len(block)
            aligners = tuple(align.state for align in self._aligners)
            chunk = _Chunk(tuple(blocks), self._source.state, aligners)
        if chunk is not None:
            yield chunk

    def _score(self, chunk: _Chunk) -> tuple[ScoredFrames, ScorerState]:
        people = [
            [aligned.with_faces(faces) for aligned, faces in of_person]
            for of_person in zip(*chunk.faces, strict=True)
        ]
        by_person = [self._score_person(person, blocks) for person, blocks in enumerate(people)]
        confidence, scores, points = (
            np.stack(arrays, axis=1) for arrays in zip(*by_person, strict=True)
        )
        first = people[0]
        scored = ScoredFrames(
            np.concatenate([block.number for block in first]),
            np.concatenate([block.time for block in first]),
            confidence,
            scores,
            points,
        )
        memories = tuple(None if one is None else one.memory for one in self._scorers)
        return scored, ScorerState(chunk.people, chunk.aligners, memories)

    def _score_person(
        self, person: int, blocks: Sequence[AlignedFrames]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return confidence, scores and points of a person in a chunk."""
        tracked = np.concatenate([block.tracked for block in blocks])
        confidence = np.concatenate([block.confidence for block in blocks])
        scorer = self._scorers[person]
        if scorer is None and tracked.any():
            scorer = self._scorers[person] = RecordingScorer(self._detector, self._at_once)
        scores = np.full((len(tracked), len(self._detector.aus)), np.nan, np.float32)
        landmarks = np.concatenate([block.landmarks for block in blocks])
        if scorer is not None:
            faces = np.concatenate([block.faces for block in blocks])
            scores[tracked] = scorer(faces, landmarks)[tracked]
        to_picture = np.concatenate([invert_transforms(block.transforms) for block in blocks])
        points = transform_points(to_picture, landmarks).astype(np.float32)
        return confidence, scores, points


def read_ahead(frames: Iterable[VideoFrame]) -> Generator[VideoFrame, None, None]:
    """Yield frames, while another thread decodes the next `_READ_AHEAD` of them.

    Close it before the video: it waits for the thread.
    """
    source = iter(frames)
    with concurrent.futures.ThreadPoolExecutor(1, "frames") as executor:

        def read() -> concurrent.futures.Future[list[VideoFrame]]:
            return executor.submit(lambda: list(itertools.islice(source, _READ_AHEAD)))

        waiting = read()
        while block := waiting.result():
            waiting = read()
            yield from block


def _source(
    people: int, state: PeopleState | None, landmarks: LandmarkSource | None
) -> PeopleSource:
    if landmarks is None:
        return PeopleTracker(people, state)
    if people > 1:
        raise InputError(
            f"landmarks are those of one person, but {people} faces are asked for; leave the "
            "landmarks out, or ask for one face"
        )
    return OnePerson(landmarks)
