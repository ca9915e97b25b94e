"""Bringing every face to the same place: a similarity transform to the fixed mean shape.

As the paper's group does (AFAR toolbox, https://github.com/AffectAnalysisGroup/AFARtoolbox): least
squares over the landmarks, faces of 200×200 pixels, centres of the eyes 80 pixels apart.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence

import jax
import numpy as np

from au_jax.faces.affine_warp import warp_faces
from au_jax.faces.landmarks import LandmarkSource
from au_jax.faces.mean_shape import FACE_SIZE, STABLE_POINTS
from au_jax.faces.plausibility import has_jumped, is_plausible
from au_jax.faces.similarity import fit_similarity, target_points, transform_points
from au_jax.faces.video import VideoFrame

BLOCK_FRAMES = 16
"""Frames that are aligned at a time; so many pictures are in memory."""


@dataclasses.dataclass(frozen=True)
class AlignedFrames:
    """Consecutive frames of a video, aligned.

    Attributes:
        number: int32 `[frame]`, place in the video from 1.
        time: float64 `[frame]`, presentation time in seconds.
        faces: uint8 `[frame, size, size, 3]`, RGB.
        transforms: float64 `[frame, 2, 3]`; take (x, y, 1) of the picture to (x, y) of the face.
        tracked: bool `[frame]`; False where no face was found, the landmarks are not plausible
            (size, pose, place, a jump), or the picture is damaged. The face then is cut out where
            it was last seen.
        landmarks: float32 `[frame, 49, 2]`, the stable points in pixels of the face; NaN where
            `tracked` is False.
        confidence: float32 `[frame]`, that of the landmarks, above 0 and at most 1; 0 where
            `tracked` is False.
    """

    number: np.ndarray
    time: np.ndarray
    faces: np.ndarray
    transforms: np.ndarray
    tracked: np.ndarray
    landmarks: np.ndarray
    confidence: np.ndarray

    def with_faces(self, faces: jax.Array) -> "AlignedFrames":
        """Return the same with faces that a `FaceAligner` gave, once they are computed."""
        return dataclasses.replace(self, faces=np.asarray(faces))


def centre_transform(size: int, picture_size: tuple[int, int]) -> np.ndarray:
    """Return the transform of the largest square in the middle of a picture, float64 `[2, 3]`."""
    height, width = picture_size
    scale = size / min(height, width)
    return np.array(
        [
            [scale, 0, (size - 1) / 2 - scale * (width - 1) / 2],
            [0, scale, (size - 1) / 2 - scale * (height - 1) / 2],
        ]
    )


def hold_last(transforms: np.ndarray, good: np.ndarray, initial: np.ndarray) -> np.ndarray:
    """Return the transforms with each that is not good replaced by the last good one before.

    Args:
        transforms: `[frame, 2, 3]`.
        good: bool `[frame]`.
        initial: `[2, 3]`, for frames before the first good one.
    """
    last = np.maximum.accumulate(np.where(good, np.arange(len(good)), -1))
    return np.concatenate([initial[None], transforms])[last + 1]


@dataclasses.dataclass(frozen=True)
class SeenFace:
    """Where, when and in pictures of which size a face was seen last.

    Attributes:
        transform: float64 `[2, 3]`.
        time: presentation time in seconds.
        picture_size: height and width in pixels.
    """

    transform: np.ndarray
    time: float
    picture_size: tuple[int, ...]


@dataclasses.dataclass(frozen=True)
class AlignerState:
    """What a `FaceAligner` remembers between blocks; picklable.

    Attributes:
        transform: float64 `[2, 3]`, the last good one; None before the first frame.
        seen: the last plausible face; None if there was none in pictures of this size.
    """

    transform: np.ndarray | None = None
    seen: SeenFace | None = None


class FaceAligner:
    """Aligns the face of one person, from block to block.

    Args:
        size: height and width of the faces.
        state: of another aligner, to go on where that one was.
    """

    def __init__(self, size: int = FACE_SIZE, state: AlignerState | None = None) -> None:
        self._size = size
        self._state = state or AlignerState()

    @property
    def state(self) -> AlignerState:
        """What it remembers so far."""
        return self._state

    def __call__(
        self, block: Sequence[VideoFrame], points: np.ndarray, confidence: np.ndarray
    ) -> tuple[AlignedFrames, jax.Array]:
        """Align the next frames, one at least.

        Args:
            block: consecutive frames of one size.
            points: `[frame, 68, 2]`, as of a `LandmarkSource`; only the stable points count.
            confidence: `[frame]`; 0 where there is no face.

        Returns:
            the frames, still without faces; and the faces, uint8 `[frame, size, size, 3]`, which
            may still be computed, so that something else can be done meanwhile. Both are joined by
            `AlignedFrames.with_faces`.
        """
        size, picture_size = self._size, block[0].image.shape[:2]
        time = np.array([frame.time for frame in block], np.float64)
        points = points[:, STABLE_POINTS]
        fitted, residual = fit_similarity(points, target_points(size))
        plausible = (confidence > 0) & is_plausible(fitted, residual, size, picture_size)
        seen = self._state.seen
        if seen and seen.picture_size != picture_size:
            seen = None
        good = plausible & ~_jumps(seen, fitted, plausible, time, size)
        if plausible.any():
            row = np.flatnonzero(plausible)[-1]
            seen = SeenFace(fitted[row], float(time[row]), picture_size)
        before = self._state.transform
        if before is None:
            before = centre_transform(size, picture_size)
        transforms = hold_last(fitted, good, before)
        self._state = AlignerState(transforms[-1], seen)
        tracked = good & ~np.array([frame.damaged for frame in block])
        aligned = AlignedFrames(
            number=np.array([frame.number for frame in block], np.int32),
            time=time,
            faces=np.empty((0, size, size, 3), np.uint8),
            transforms=transforms,
            tracked=tracked,
            landmarks=np.where(
                tracked[:, None, None], transform_points(transforms, points), np.nan
            ).astype(np.float32),
            confidence=np.where(tracked, confidence, 0).astype(np.float32),
        )
        return aligned, warp_faces([frame.image for frame in block], transforms, size)


def align_video(
    frames: Iterable[VideoFrame], landmarks: LandmarkSource, size: int = FACE_SIZE
) -> Iterator[AlignedFrames]:
    """Find and align the face in every frame of a video.

    Every frame that was decoded comes out, in order, also where no face is: then it is cut out by
    the last good transform (before the first one: the middle of the picture) and `tracked` is
    False. That looks back only, so a camera can be followed live with the same result.

    Args:
        frames: the frames of one video, read as needed.
        landmarks: finds the points of the face in them.
        size: height and width of the faces.

    Yields:
        blocks of up to `BLOCK_FRAMES` frames.
    """
    align = FaceAligner(size)
    waiting: tuple[AlignedFrames, jax.Array] | None = None
    for block in blocks_of_one_size(frames):
        aligned, faces = align(block, *landmarks(block))
        if waiting:
            yield waiting[0].with_faces(waiting[1])
        waiting = aligned, faces  # computed while the next block is decoded
    if waiting:
        yield waiting[0].with_faces(waiting[1])


def _jumps(
    seen: SeenFace | None, fitted: np.ndarray, plausible: np.ndarray, time: np.ndarray, size: int
) -> np.ndarray:
    """Return `has_jumped` of the frames of a block, its first one compared to the block before."""
    if seen is None:
        return has_jumped(fitted, plausible, time, size)
    return has_jumped(
        np.concatenate([seen.transform[None], fitted]),
        np.concatenate([[True], plausible]),
        np.concatenate([[seen.time], time]),
        size,
    )[1:]


def blocks_of_one_size(
    frames: Iterable[VideoFrame], most: int = BLOCK_FRAMES
) -> Iterator[list[VideoFrame]]:
    """Yield all frames in order, as lists of frames of one size each.

    Args:
        frames: the frames of a video.
        most: length of a list at most, up to `BLOCK_FRAMES`.
    """
    most = min(most, BLOCK_FRAMES)
    block: list[VideoFrame] = []
    for frame in frames:
        if block and (len(block) == most or frame.image.shape != block[0].image.shape):
            yield block
            block = []
        block.append(frame)
    if block:
        yield block
