"""The ONNX graph gives the scores of the detector, in whatever pieces."""

import numpy as np
import pytest

from au_jax.detector.cnn import CnnModel
from au_jax.detector.lstm import LstmModel
from au_jax.errors import InputError
from au_jax.exporting.onnx_graph.model import check_onnx, onnx_bytes
from au_jax.exporting.program import program_of
from au_jax.settings.choices import ComputeDtype, PoolMode
from tests.made.detectors import (
    METHODS,
    detector_of,
    random_cnn,
    random_detector,
    random_fusion,
    random_lstm,
)
from tests.made.exported import in_pieces, random_faces

pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

GRAPHS = [name for name in METHODS if name not in ("svm", "jpml")]


def scores_of_graph(program, faces, sizes):
    check_onnx(program)
    session = onnxruntime.InferenceSession(onnx_bytes(program))

    def call(faces, landmarks, state):
        del landmarks
        return session.run(None, {"faces": faces} | ({} if state is None else {"state": state}))

    return in_pieces(call, program.inputs, faces, sizes)


@pytest.fixture
def full_precision(monkeypatch):
    """Let no model round its features, where either of two neighbours may be taken."""
    for kind in (CnnModel, LstmModel):
        monkeypatch.setattr(kind, "STORED_FEATURES", np.dtype(np.float32))


@pytest.mark.parametrize("method", GRAPHS)
def test_scores_are_those_of_the_detector(method, full_precision):
    detector = random_detector(method)
    program, faces = program_of(detector), random_faces(23)
    expected = detector.scores(faces)
    for sizes in ((23,), (1, 7)):
        found = scores_of_graph(program, faces, sizes)
        np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("method", ["lstm", "hybrid", "anet_t", "fusion_features"])
def test_features_are_rounded_as_in_training_but_for_ties(method):
    detector = random_detector(method)
    faces = random_faces(23)
    found = scores_of_graph(program_of(detector), faces, (23,))
    difference = np.abs(found - detector.scores(faces)).max(axis=1)
    assert np.median(difference) < 1e-6
    # What lies between two numbers of half precision may become either. These networks have few
    # features, of which one matters much.
    assert difference.max() < 1e-3


@pytest.mark.parametrize(
    ("face_shape", "network", "face_input"),
    [
        ((64, 64, 3), {"groups": 1}, {"local_contrast": True, "average_mirrored": True}),
        (
            (40, 50, 3),
            {"local_response_norm": False, "pool_mode": PoolMode.FLOOR},
            {"face_size": 64, "crop": 61},
        ),
        ((32, 32, 3), {}, {"pixel_scale": 1.0}),
    ],
)
def test_preparation_of_faces_is_inside(face_shape, network, face_input):
    detector = detector_of(random_cnn(face_shape, network, face_input), face_shape)
    faces = random_faces(5, face_shape)
    found, expected = scores_of_graph(program_of(detector), faces, (3,)), detector.scores(faces)
    np.testing.assert_allclose(found, expected, atol=1e-5 * max(1, np.abs(expected).max()))


@pytest.mark.parametrize(
    "head", [{"mean_scale": 2.0, "lstm_share": 0.3}, {"normalise_scores": False}]
)
def test_heads_with_other_settings(head, full_precision):
    cnn = random_cnn()
    detector = detector_of(random_fusion(cnn, random_lstm(cnn, layers=3), **head))
    faces = random_faces(9)
    found = scores_of_graph(program_of(detector), faces, (4,))
    np.testing.assert_allclose(found, detector.scores(faces), atol=1e-5)


def test_what_has_no_graph_is_refused():
    program = program_of(random_detector("svm"))
    with pytest.raises(InputError, match=r"no ONNX graph of 'computed_features'.* Leave onnx out"):
        check_onnx(program)
    half = random_cnn(network={"compute_dtype": ComputeDtype.BFLOAT16})
    with pytest.raises(InputError, match="the cnn computes in bfloat16, and graphs are in float32"):
        check_onnx(program_of(detector_of(half)))
