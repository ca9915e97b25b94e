"""Finding faces in a picture with MediaPipe's short-range detector.

The network is BlazeFace (https://arxiv.org/abs/1907.05047): 896 anchors on a picture of 128 pixels,
each with a score, a box and six points. Its constants are those of MediaPipe's graph
(mediapipe/modules/face_detection/face_detection_short_range.pbtxt, face_detection.pbtxt). It was
trained for faces that fill at least a fifth of the picture; smaller ones are looked for in parts of
the picture.
"""

import dataclasses

import numpy as np
from PIL import Image

from au_jax.faces.lite_network import LiteNetwork
from au_jax.faces.model_files import FACE_DETECTOR, read_model

INPUT_SIZE = 128

MIN_SCORE = 0.5
"""Score of a detection at least; what MediaPipe takes."""

SURE_SCORE = 0.8
"""Score that faces filling enough of what is searched nearly always reach (0.87 to 0.97 in
pictures of people). A lower one may be a small face, badly placed, or none."""

_STRIDES_AND_ANCHORS = ((8, 2), (16, 6))
"""Pixels between the centres of anchors, and anchors at each centre, for both feature maps."""

_MIN_OVERLAP = 0.3
"""Intersection over union from which on two detections are of one face."""

_MAX_LOGIT = 100.0


@dataclasses.dataclass(frozen=True)
class Detections:
    """Faces found in one picture; coordinates in pixels of the picture's area.

    Attributes:
        scores: float32 `[face]`, from 0 to 1, falling.
        boxes: float32 `[face, 4]`: left, top, right, bottom.
        points: float32 `[face, 6, 2]`: the eyes (the left one in the picture first), tip of the
            nose, mouth, and the places of the ears.
    """

    scores: np.ndarray
    boxes: np.ndarray
    points: np.ndarray

    def __len__(self) -> int:
        return len(self.scores)


def make_anchors() -> np.ndarray:
    """Return the centres of the anchors in shares of the picture, float32 `[896, 2]` as (x, y)."""
    maps = []
    for stride, anchors in _STRIDES_AND_ANCHORS:
        cells = INPUT_SIZE // stride
        y, x = np.mgrid[:cells, :cells]
        centres = (np.stack([x, y], axis=-1).reshape(-1, 2) + 0.5) / cells
        maps.append(np.repeat(centres, anchors, axis=0))
    return np.concatenate(maps).astype(np.float32)


def decode(
    regressors: np.ndarray, logits: np.ndarray, anchors: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Turn the outputs of the network into candidates.

    Args:
        regressors: float32 `[anchor, 16]`: centre and size of the box and six points, in pixels of
            the input, from the centre of the anchor.
        logits: float32 `[anchor]`.
        anchors: from `make_anchors`.

    Returns:
        scores float32 `[candidate]`, those of at least `MIN_SCORE`; and coordinates float32
        `[candidate, 8, 2]` in shares of the input: top left and bottom right corner, six points.
    """
    scores = 1 / (1 + np.exp(-np.clip(logits, -_MAX_LOGIT, _MAX_LOGIT), dtype=np.float64))
    kept = scores >= MIN_SCORE
    values = regressors[kept].reshape(-1, 8, 2) / INPUT_SIZE
    centre, size = values[:, 0] + anchors[kept], values[:, 1]
    corners = np.stack([centre - size / 2, centre + size / 2], axis=1)
    points = values[:, 2:] + anchors[kept][:, None]
    return scores[kept], np.concatenate([corners, points], axis=1)


def overlap(box: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Return intersection over union of a box `[2, 2]` with boxes `[box, 2, 2]` (corners)."""
    inner = np.minimum(box[1], boxes[:, 1]) - np.maximum(box[0], boxes[:, 0])
    intersection = np.maximum(inner, 0).prod(axis=-1)
    union = (box[1] - box[0]).prod() + (boxes[:, 1] - boxes[:, 0]).prod(axis=-1) - intersection
    return intersection / np.maximum(union, 1e-12)


def merge_overlapping(scores: np.ndarray, coordinates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Merge the candidates of each face: weighted non-maximum suppression (BlazeFace, section 3.4).

    The candidate with the highest score and all that overlap it become one, the mean of their
    coordinates weighted by their scores; then the same among the rest.

    Args:
        scores: `[candidate]`.
        coordinates: `[candidate, 8, 2]`; the first two are the corners of the box.

    Returns:
        the same for faces, the highest score first.
    """
    order = np.argsort(-scores, kind="stable")
    merged_scores, merged = [], []
    while len(order):
        same = overlap(coordinates[order[0], :2], coordinates[order, :2]) > _MIN_OVERLAP
        same[0] = True
        group = order[same]
        weights = scores[group] / scores[group].sum()
        merged_scores.append(scores[order[0]])
        merged.append(np.einsum("c,cij->ij", weights, coordinates[group]))
        order = order[~same]
    shape = (0, *coordinates.shape[1:])
    return np.array(merged_scores, np.float32), np.array(merged, np.float32).reshape(
        len(merged), *shape[1:]
    )


class FaceDetector:
    """Finds the faces in pictures.

    Raises:
        InputError: if the network is not installed.
    """

    def __init__(self) -> None:
        self._network = LiteNetwork(read_model(FACE_DETECTOR))
        self._anchors = make_anchors()

    def __call__(self, image: np.ndarray) -> Detections:
        """Find the faces that fill at least about a fifth of the picture.

        Args:
            image: uint8 `[height, width, 3]`.
        """
        return self._found([self._in_part(image, 0, 0)])

    def search(self, image: np.ndarray) -> Detections:
        """Find smaller faces as well, down to about a twelfth of the picture's shorter side.

        The picture is searched in overlapping squares as high as its shorter side, and then half as
        high; about twenty times the work.

        Args:
            image: uint8 `[height, width, 3]`.

        Returns:
            those with a score of at least `SURE_SCORE`: of twenty squares some have something that
            is a little like a face.
        """
        height, width = image.shape[:2]
        candidates = [self._in_part(image, 0, 0)]
        for side in (min(height, width), -(-min(height, width) // 2)):
            candidates += [
                self._in_part(image[y : y + side, x : x + side], x, y)
                for y in _starts(height, side)
                for x in _starts(width, side)
            ]
        sure = [scores >= SURE_SCORE for scores, _ in candidates]
        return self._found(
            [(scores[s], places[s]) for s, (scores, places) in zip(sure, candidates, strict=True)]
        )

    def _in_part(self, part: np.ndarray, left: int, top: int) -> tuple[np.ndarray, np.ndarray]:
        """Return scores and coordinates, in the whole picture, of candidates in a part of it."""
        height, width = part.shape[:2]
        longer = max(height, width)
        size = (
            max(1, round(width * INPUT_SIZE / longer)),
            max(1, round(height * INPUT_SIZE / longer)),
        )
        small = np.asarray(
            Image.fromarray(part).resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
        )
        x, y = (INPUT_SIZE - size[0]) // 2, (INPUT_SIZE - size[1]) // 2
        # Black bars are 0 before pixels are brought to -1 … 1, as in MediaPipe.
        picture = np.full((INPUT_SIZE, INPUT_SIZE, 3), -1, np.float32)
        picture[y : y + size[1], x : x + size[0]] = small * np.float32(2 / 255) - 1
        outputs = self._network(picture)
        scores, shares = decode(
            outputs["regressors"][0], outputs["classificators"][0, :, 0], self._anchors
        )
        scale = np.array([width / size[0], height / size[1]], np.float32)
        return scores, (shares * INPUT_SIZE - np.array([x, y])) * scale + np.array([left, top])

    def _found(self, candidates: list[tuple[np.ndarray, np.ndarray]]) -> Detections:
        scores, coordinates = merge_overlapping(
            np.concatenate([scores for scores, _ in candidates]),
            np.concatenate([coordinates for _, coordinates in candidates]),
        )
        return Detections(scores, coordinates[:, :2].reshape(-1, 4), coordinates[:, 2:])


def _starts(length: int, side: int) -> list[int]:
    """Return where squares begin that cover a length, overlapping by half at least."""
    steps = max(0, -(-2 * (length - side) // side))
    return [round(i * (length - side) / max(1, steps)) for i in range(steps + 1)]
