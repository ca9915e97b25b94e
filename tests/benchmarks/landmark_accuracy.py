"""How far the tracker's landmarks are from those that a folder data set brings along.

    python tests/benchmarks/landmark_accuracy.py --source=FOLDER

Prints for each recording, over the frames that have landmarks of their own: the share in which the
tracker finds the face, and the mean distance of the 49 stable points over the distance of the
eyes. `systematic` is what is left of it when each point's distance is averaged as a vector over all
frames: where both mean another place of the face, such as the middle or the edge of a brow.
"""

import argparse
import pathlib

import numpy as np
from etils import epath

from au_jax.datasets.raw.folder import pictures_at
from au_jax.datasets.raw.recordings_csv import read_recordings_csv
from au_jax.faces.face_tracker import FaceTracker
from au_jax.faces.landmarks import read_landmark_file
from au_jax.faces.mean_shape import INTER_OCULAR_DISTANCE, STABLE_POINTS
from au_jax.faces.similarity import fit_similarity, target_points, transform_points


def measure(source: epath.Path) -> None:
    """Print the table."""
    rows, _ = read_recordings_csv(source)
    names = ("frames", "of these found", "also without", "distance")
    print(f"{'recording':<12} {names[0]:>6} {names[1]:>15} {names[2]:>13} {names[3]:>9}")
    counts, differences = np.zeros(4, int), []
    for row in rows:
        track = read_landmark_file(row.file(source, "landmarks"))
        with pictures_at(row.file(source, "video")).open() as video:
            frames = list(video)
        (expected, of_track), (points, of_tracker) = track(frames), FaceTracker()(frames)
        known, found = of_track > 0, of_tracker > 0
        both = known & found
        # In faces of 200 pixels, so that size and turn of the head do not matter.
        expected = expected[both][:, STABLE_POINTS]
        transforms, _ = fit_similarity(expected, target_points())
        apart = transform_points(transforms, points[both][:, STABLE_POINTS])
        apart -= transform_points(transforms, expected)
        differences.append(apart / INTER_OCULAR_DISTANCE)
        counts += [len(frames), known.sum(), both.sum(), (found & ~known).sum()]
        _print(row.recording, known.sum(), both.sum(), (found & ~known).sum(), differences[-1])
    _print("together", counts[1], counts[2], counts[3], np.concatenate(differences))
    systematic = np.linalg.norm(np.concatenate(differences).mean(axis=0), axis=-1).mean()
    print(f"systematic {systematic:.2%} of the distance of the eyes")


def _print(name: str, known: int, both: int, extra: int, apart: np.ndarray) -> None:
    distance = np.linalg.norm(apart, axis=-1).mean()
    print(f"{name:<12} {known:>6} {both / max(known, 1):>15.2%} {extra:>13} {distance:>9.2%}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=pathlib.Path, required=True)
    measure(epath.Path(parser.parse_args().source))
