"""How long an export of the networks of the paper takes, how large it is, and how fast it runs.

    python tests/benchmarks/export_speed.py [--frames=256]

The hybrid with random parameters: AlexNet of full width and three LSTM layers of 256 cells. Speeds
are of the second pass, after compilation, beside that of `Detector.scores`.
"""

import argparse
import importlib.util
import pathlib
import tempfile
import time

import jax
import numpy as np
from jax import export

from au_jax.exporting.folder import ExportChoice, export_detector
from tests.made.detectors import detector_of, random_cnn, random_fusion, random_lstm

SHAPE, PIECE = (200, 200, 3), 64


def timed(function):
    """Seconds of a second call, and what it returned."""
    function()
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result


def hybrid():
    cnn = random_cnn(SHAPE, {"width": 1.0, "stride1": 4}, {"face_size": 200, "crop": 176})
    block = random_fusion(cnn, random_lstm(cnn, layers=3, cells=256))
    return detector_of(block, SHAPE)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--frames", type=int, default=256)
    count = parser.parse_args().frames
    detector = hybrid()
    faces = np.random.default_rng(0).integers(0, 256, (count, *SHAPE), np.uint8)
    own, expected = timed(lambda: detector.scores(faces))
    print(f"Detector.scores: {count / own:.0f} frames/s on {jax.default_backend()}")
    with tempfile.TemporaryDirectory() as temporary:
        has_onnx = importlib.util.find_spec("onnx") and importlib.util.find_spec("onnxruntime")
        for name in ("jax", *(["onnx"] if has_onnx else [])):
            start = time.perf_counter()
            folder = pathlib.Path(
                export_detector(detector, f"{temporary}/{name}", ExportChoice([name]))
            )
            seconds = time.perf_counter() - start
            size = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
            call = with_jax(folder) if name == "jax" else with_onnxruntime(folder)
            took, found = timed(lambda call=call: in_pieces(call, faces))
            print(
                f"{name}: exported in {seconds:.1f} s, {size:.1f} MB, {own / took:.2f} times the "
                f"speed, largest difference {np.abs(found - expected).max():.1e}"
            )


def with_jax(folder):
    run = jax.jit(export.deserialize(bytearray((folder / "detector.jax_export").read_bytes())).call)
    parameters = jax.device_put(dict(np.load(folder / "parameters.npz")))
    return lambda faces, state: run(parameters, faces, state)


def with_onnxruntime(folder):
    import onnxruntime  # pyright: ignore[reportMissingImports]

    session = onnxruntime.InferenceSession(folder / "detector.onnx")
    return lambda faces, state: session.run(None, {"faces": faces, "state": state})


def in_pieces(call, faces):
    state, scores = np.zeros(2 * 3 * 256, np.float32), []
    for first in range(0, len(faces), PIECE):
        found, state = call(faces[first : first + PIECE], state)
        scores.append(np.asarray(found))
    return np.concatenate(scores)


if __name__ == "__main__":
    main()
