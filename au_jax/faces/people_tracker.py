"""Landmarks of several people by MediaPipe's face detector and face mesh, from frame to frame.

As long as the mesh says that a face is there, the next frame is looked at where the face was; the
detector runs only while somebody is missing, as in MediaPipe's own face mesh.

Who is who is told by place and time only, never by looks: people who swap places while both are
hidden, or somebody else who comes where a face was lost, get the wrong number.
"""

import dataclasses
import itertools
from collections.abc import Iterable, Sequence

import numpy as np

from au_jax.errors import InputError
from au_jax.faces.face_detector import SURE_SCORE, Detections, FaceDetector
from au_jax.faces.face_mesh import FaceMesh, square_of_detection, square_of_mesh
from au_jax.faces.followed_face import FollowedFace, are_of_one_face, distance, prominence
from au_jax.faces.landmarks import NUM_POINTS
from au_jax.faces.mesh_points import MESH_VERTICES
from au_jax.faces.picture_crop import Square
from au_jax.faces.video import VideoFrame

SEARCH_EVERY = 8
"""Frames with somebody missing from one search for small faces to the next; it takes 20 ms, more
in wide pictures."""

NEWCOMERS_EVERY = 4 * SEARCH_EVERY
"""The same where some are followed and the missing have been away for long, or never came. Looking
for a second person who never comes then takes 3 ms a frame at 640×360; it would take 10 with
`SEARCH_EVERY`, more than following the first."""

MAX_CANDIDATES = 3
"""Detections that are shown to the mesh for each missing person at most, each time the detector has
run."""

_CLEARLY_SURER = 0.1
"""Difference in presence from which on it tells which of two squares has strayed to a face."""


@dataclasses.dataclass(frozen=True)
class PeopleState:
    """What a `PeopleTracker` remembers between frames; picklable.

    Attributes:
        faces: that of each person.
        frames_short: frames since somebody went missing; 0 while nobody is.
    """

    faces: tuple[FollowedFace, ...]
    frames_short: int = 0


@dataclasses.dataclass(frozen=True)
class _Found:
    """A face in the present frame: its mesh `[468, 2]`, presence, and the square around it."""

    mesh: np.ndarray
    presence: float
    square: Square


class PeopleTracker:
    """Follows the faces of up to so many people through a video.

    A person is a number from 0, given out from the most prominent face on: the largest, where a
    face counts less the farther it is from the middle (half at the corners of the picture). Each
    face is followed where it was. One that is lost is looked for near its last place for
    `PATIENCE` seconds, so that nobody else takes over its number when a hand covers it. A face that
    is found elsewhere, or later, gets a new number while there are any, else that of the person
    nearest to it who is missing for longer. No face has two numbers.

    With no face at all, the detector runs in every frame; while somebody is missing but others are
    followed, in every `SEARCH_EVERY`th. Faces that fill less than a fifth of the picture it finds
    only in a thorough search, see `SEARCH_EVERY` and `NEWCOMERS_EVERY`.

    One for each video: it remembers where the faces are.

    Args:
        people: how many faces are followed at most.
        state: of another tracker, to go on where that one was.

    Raises:
        InputError: if there are no people to follow, the state is of another number of them, or
            LiteRT or the networks are not installed; the message says how to.
    """

    def __init__(self, people: int, state: PeopleState | None = None) -> None:
        if people < 1:
            raise InputError(f"{people} people cannot be followed; give a number from 1")
        if state and len(state.faces) != people:
            raise InputError(
                f"the state is of {len(state.faces)} people and cannot be gone on with for "
                f"{people}; give the same number, or start without a state"
            )
        self._detector = FaceDetector()
        self._mesh = FaceMesh()
        self._state = state or PeopleState((FollowedFace(),) * people)

    @property
    def state(self) -> PeopleState:
        """What it remembers so far."""
        return self._state

    def __call__(self, frames: Sequence[VideoFrame]) -> tuple[np.ndarray, np.ndarray]:
        """Return the landmarks of everybody in the next frames.

        Args:
            frames: consecutive frames of one video.

        Returns:
            points, float32 `[frame, person, 68, 2]` as those of a `LandmarkSource`, NaN where a
            face is not found; and confidence, float32 `[frame, person]`: the presence that the mesh
            states, from 0.5 to 1, and 0 where the face is not found.
        """
        people = len(self._state.faces)
        points = np.full((len(frames), people, NUM_POINTS, 2), np.nan, np.float32)
        confidence = np.zeros((len(frames), people), np.float32)
        for row, frame in enumerate(frames):
            for person, one in self._find(frame).items():
                # From the picture's area, where the first pixel has its centre at 0.5.
                points[row, person] = one.mesh[MESH_VERTICES] - 0.5
                confidence[row, person] = one.presence
        return points, confidence

    def _find(self, frame: VideoFrame) -> dict[int, _Found]:
        """Return the faces in a frame by person, and remember them."""
        faces, short = self._state.faces, self._state.frames_short
        found = self._follow(frame)
        if len(found) < sum(face.square is not None for face in faces):
            short = 0  # somebody went missing just now: search at once
        if len(found) < len(faces):
            self._detect(frame, found, short)
        self._state = PeopleState(
            tuple(
                face.seen(found[person].square, frame.time) if person in found else face.lost()
                for person, face in enumerate(faces)
            ),
            short + 1 if len(found) < len(faces) else 0,
        )
        return found

    def _follow(self, frame: VideoFrame) -> dict[int, _Found]:
        """Return the faces that are still about where they were."""
        before = {
            person: face.square for person, face in enumerate(self._state.faces) if face.square
        }
        settled = {person: self._settle(frame, square) for person, square in before.items()}
        found = {person: one for person, one in settled.items() if one}

        moved = {person: distance(one.square, before[person]) for person, one in found.items()}
        for pair in itertools.combinations(moved, 2):
            first, second = (found.get(person) for person in pair)
            if first and second and are_of_one_face(first.square, second.square):
                surer = first.presence - second.presence
                if abs(surer) < _CLEARLY_SURER:  # whoever was at the face before, moved less
                    surer = moved[pair[1]] - moved[pair[0]]
                del found[pair[1] if surer >= 0 else pair[0]]
        return found

    def _detect(self, frame: VideoFrame, found: dict[int, _Found], short: int) -> None:
        """Add missing people to those found; the detector has a rest in most frames if some are."""
        if found and short % SEARCH_EVERY:
            return
        awaited = any(
            face.is_awaited(frame.time)
            for person, face in enumerate(self._state.faces)
            if person not in found
        )
        every = SEARCH_EVERY if awaited or not found else NEWCOMERS_EVERY
        detections = self._detector(frame.image)
        squares = _squares(detections)
        if short % every == 0:
            sure = sum(
                score >= SURE_SCORE and not _is_taken(square, found)
                for score, square in zip(detections.scores, squares, strict=True)
            )
            if sure < len(self._state.faces) - len(found):
                self._assign(_squares(self._detector.search(frame.image)), frame, found)
        self._assign(squares, frame, found)

    def _assign(
        self, squares: Sequence[Square], frame: VideoFrame, found: dict[int, _Found]
    ) -> None:
        """Add missing people who are in one of some squares to those found."""
        most = MAX_CANDIDATES * (len(self._state.faces) - len(found))
        tried: set[Square] = set()
        for person, square in self._proposals(squares, frame):
            if person in found or square in tried or _is_taken(square, found):
                continue
            if len(tried) == most:
                return
            tried.add(square)
            one = self._settle(frame, square)
            if one and not _is_taken(one.square, found):
                found[person] = one

    def _proposals(
        self, squares: Sequence[Square], frame: VideoFrame
    ) -> Iterable[tuple[int, Square]]:
        """Return who may be in which square, the likeliest first."""
        faces, size = self._state.faces, frame.image.shape[:2]

        def away(pair: tuple[int, Square]) -> float:
            return faces[pair[0]].away(pair[1])

        awaited, new, gone = [], [], []
        for person, face in enumerate(faces):
            group = awaited if face.is_awaited(frame.time) else gone if face.last else new
            group.append(person)
        near = [
            (person, square)
            for person, square in itertools.product(awaited, squares)
            if faces[person].is_near(square)
        ]
        by_prominence = sorted(squares, key=lambda square: -prominence(square, size))
        return itertools.chain(
            sorted(near, key=away),
            ((person, square) for square, person in itertools.product(by_prominence, new)),
            sorted(itertools.product(gone, squares), key=away),
        )

    def _settle(self, frame: VideoFrame, square: Square) -> _Found | None:
        """Return the face near a square, None if there is none."""
        settled = self._mesh.settle(frame.image, square)
        return settled and _Found(*settled, square_of_mesh(settled[0]))


def _squares(detections: Detections) -> list[Square]:
    return [
        square_of_detection(box, points)
        for box, points in zip(detections.boxes, detections.points, strict=True)
    ]


def _is_taken(square: Square, found: dict[int, _Found]) -> bool:
    return any(are_of_one_face(square, one.square) for one in found.values())
