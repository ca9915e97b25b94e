"""Bringing every face to the same place: a similarity transform to the fixed mean shape.

As the paper's group does (AFAR toolbox, https://github.com/AffectAnalysisGroup/AFARtoolbox): least
squares over the landmarks, faces of 200×200 pixels, centres of the eyes 80 pixels apart.
"""

import dataclasses
from collections.abc import Iterable, Iterator

import jax
import numpy as np

from au_jax.faces.landmarks import LandmarkSource
from au_jax.faces.mean_shape import FACE_SIZE, INTER_OCULAR_DISTANCE, MEAN_SHAPE, STABLE_POINTS
from au_jax.faces.video import VideoFrame
from au_jax.faces.warp import invert_transforms, warp_faces

BLOCK_FRAMES = 16
"""Frames that are aligned at a time; so many pictures are in memory."""

MAX_RESIDUAL = 15.0
"""Root mean square distance of the points to the mean shape at most, in pixels of a 200 px face.

Faces near frontal have 3 to 7, with all expressions; an ellipsoid head with a nose reaches 14 when
turned by 45°; mirrored or random points have 50.
"""

MIN_EYE_DISTANCE = 8.0
"""Distance of the eyes in the picture at least, in pixels; below, the face shows nothing."""


@dataclasses.dataclass(frozen=True)
class AlignedFrames:
    """Consecutive frames of a video, aligned.

    Attributes:
        number: int32 `[frame]`, place in the video from 1.
        time: float64 `[frame]`, presentation time in seconds.
        faces: uint8 `[frame, size, size, 3]`, RGB.
        transforms: float64 `[frame, 2, 3]`; take (x, y, 1) of the picture to (x, y) of the face.
        tracked: bool `[frame]`; False where no face was found, the landmarks are not plausible, or
            the picture is damaged. The face then is cut out where it was last seen.
        landmarks: float32 `[frame, 49, 2]`, the stable points in pixels of the face; NaN where
            `tracked` is False.
    """

    number: np.ndarray
    time: np.ndarray
    faces: np.ndarray
    transforms: np.ndarray
    tracked: np.ndarray
    landmarks: np.ndarray


def target_points(size: int = FACE_SIZE) -> np.ndarray:
    """Return where the 49 stable points lie in a face of `size` pixels, float64 `[49, 2]`."""
    return (MEAN_SHAPE[STABLE_POINTS] + 0.5) * (size / FACE_SIZE) - 0.5


def fit_similarity(points: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fit rotation, one scale and shift from points to a target by least squares.

    The closed form of S. Umeyama, "Least-squares estimation of transformation parameters between
    two point patterns", PAMI 13 (4), 1991, for the plane and without reflection: with points as
    complex numbers around their mean, z → a z with a = Σ conj(z) w / Σ |z|².

    Args:
        points: `[frame, point, 2]`.
        target: `[point, 2]`.

    Returns:
        transforms, float64 `[frame, 2, 3]`, and the root mean square distance that is left, float64
        `[frame]`; not finite where the points are not, or all lie in one place.
    """
    mean, target_mean = points.mean(axis=1, dtype=np.float64), target.mean(axis=0)
    centred = points - mean[:, None]
    z = centred[..., 0] + 1j * centred[..., 1]
    w = (target - target_mean) @ np.array([1, 1j])
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        a = (z.conj() * w).sum(axis=1) / (np.abs(z) ** 2).sum(axis=1)
        residual = np.sqrt((np.abs(a[:, None] * z - w) ** 2).mean(axis=1))
        linear = np.stack([a.real, -a.imag, a.imag, a.real], axis=-1).reshape(-1, 2, 2)
        shift = target_mean - np.einsum("nij,nj->ni", linear, mean)
    return np.concatenate([linear, shift[..., None]], axis=-1), residual


def transform_points(transforms: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return points `[frame, point, 2]` taken by transforms `[frame, 2, 3]`, one per frame."""
    return np.einsum("nij,npj->npi", transforms[:, :, :2], points) + transforms[:, None, :, 2]


def is_plausible(
    transforms: np.ndarray, residual: np.ndarray, size: int, picture_size: tuple[int, int]
) -> np.ndarray:
    """Tell which fits can be a face that is of use.

    Args:
        transforms: `[frame, 2, 3]` from `fit_similarity`, to faces of `size` pixels.
        residual: `[frame]`, from `fit_similarity`.
        size: height and width of the faces.
        picture_size: height and width of the pictures.

    Returns:
        bool `[frame]`: the fit is finite, its residual at most `MAX_RESIDUAL`, the distance of the
        eyes between `MIN_EYE_DISTANCE` and the picture's longer side, and the centre of the face
        inside the picture.
    """
    height, width = picture_size
    unit = size / FACE_SIZE
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        eye_distance = (
            INTER_OCULAR_DISTANCE * unit / np.hypot(transforms[:, 0, 0], transforms[:, 1, 0])
        )
    good = (
        np.isfinite(transforms).all(axis=(1, 2))
        & (residual <= MAX_RESIDUAL * unit)
        & (eye_distance >= MIN_EYE_DISTANCE)
        & (eye_distance <= max(height, width))
    )
    x, y = np.zeros((2, len(transforms)))
    middle = np.array([*target_points(size).mean(axis=0), 1.0])
    x[good], y[good] = (invert_transforms(transforms[good]) @ middle).T
    return good & (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)


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
    last: np.ndarray | None = None
    waiting: tuple[AlignedFrames, jax.Array] | None = None
    for block in _blocks(frames):
        picture_size = block[0].image.shape[:2]
        if last is None:
            last = centre_transform(size, picture_size)
        points, success = landmarks(block)
        points = points[:, STABLE_POINTS]
        fitted, residual = fit_similarity(points, target_points(size))
        good = success & is_plausible(fitted, residual, size, picture_size)
        transforms = hold_last(fitted, good, last)
        last = transforms[-1]
        tracked = good & ~np.array([frame.damaged for frame in block])
        aligned = AlignedFrames(
            number=np.array([frame.number for frame in block], np.int32),
            time=np.array([frame.time for frame in block], np.float64),
            faces=np.empty((0, size, size, 3), np.uint8),
            transforms=transforms,
            tracked=tracked,
            landmarks=np.where(
                tracked[:, None, None], transform_points(transforms, points), np.nan
            ).astype(np.float32),
        )
        faces = warp_faces([frame.image for frame in block], transforms, size)
        if waiting:
            yield _with_faces(*waiting)
        waiting = aligned, faces  # computed while the next block is decoded
    if waiting:
        yield _with_faces(*waiting)


def _with_faces(aligned: AlignedFrames, faces: jax.Array) -> AlignedFrames:
    return dataclasses.replace(aligned, faces=np.asarray(faces))


def _blocks(frames: Iterable[VideoFrame]) -> Iterator[list[VideoFrame]]:
    """Yield lists of frames of one size."""
    block: list[VideoFrame] = []
    for frame in frames:
        if block and (len(block) == BLOCK_FRAMES or frame.image.shape != block[0].image.shape):
            yield block
            block = []
        block.append(frame)
    if block:
        yield block
