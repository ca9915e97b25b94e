"""The serialised artefact gives the scores of the detector, in whatever pieces."""

from typing import ClassVar

import jax
import numpy as np
import pytest
from jax import export

from au_jax.datasets.dataset import ArrayFaces
from au_jax.detector.block import Block, FaceFrames, Outputs
from au_jax.detector.columns import ColumnsModel
from au_jax.detector.computed_features import ComputedFeatures
from au_jax.errors import InputError
from au_jax.exporting.jax_artefact import serialise
from au_jax.exporting.precision import rounded
from au_jax.exporting.program import program_of
from au_jax.exporting.steps import Frames
from au_jax.settings import FeatureKind
from au_jax.settings.choices import ComputeDtype
from tests.made.detectors import (
    METHODS,
    detector_of,
    random_cnn,
    random_detector,
    random_fusion,
    random_lstm,
)
from tests.made.exported import in_pieces, random_faces


def scores_of_artefact(program, artefact, faces, sizes):
    parameters, run = program.parameters(), jax.jit(artefact.call)

    def call(*inputs):
        return run(parameters, *[one for one in inputs if one is not None])

    return in_pieces(call, program.inputs, faces, sizes)


# The other methods are parts of these: every size and every platform is compiled.
@pytest.mark.parametrize(
    "method",
    ["always_present", "hybrid", "fusion_features", "cnn_single_label", "ensemble", "svm", "jpml"],
)
def test_scores_are_those_of_the_detector(method):
    detector = random_detector(method)
    program = program_of(detector)
    platforms = ("cpu", "cuda", "tpu") if method in ("hybrid", "svm") else ("cpu",)
    artefact = export.deserialize(bytearray(serialise(program, platforms)))
    assert artefact.platforms == platforms
    faces = random_faces(24)
    expected = detector.scores(faces)
    for sizes in ((24,), (1, 7)) if method == "hybrid" else ((8,),):
        found = scores_of_artefact(program, artefact, faces, sizes)
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_methods_over_time_hand_a_state_on_and_the_others_none():
    programs = {name: program_of(random_detector(name)) for name in METHODS}
    over_time = {name for name, program in programs.items() if program.state_size}
    assert over_time == {
        *("lstm", "hybrid", "fusion_features", "fusion_mean", "lstm_pca_4", "ensemble")
    }
    with_landmarks = {
        name
        for name, program in programs.items()
        if any(one.name == "landmarks" for one in program.inputs)
    }
    assert with_landmarks == {"svm", "jpml"}
    names = programs["hybrid"].parameters().keys()
    assert {"cnn/params/conv1/kernel", "cnn/mean_face", "lstm/pca/mean"} < names
    assert "cnn_2/params/conv1/kernel" in programs["cnn_single_label"].parameters()


@pytest.mark.parametrize("kind", [one for one in FeatureKind if one.value != "blendshapes"])
def test_computed_features_take_the_landmarks_they_are_given(kind):
    block = Block(ComputedFeatures(kind))
    program = program_of(detector_of(block))
    faces, rng = random_faces(5), np.random.default_rng(3)
    landmarks = rng.uniform(4, 28, (5, 49, 2)).astype(np.float32)
    landmarks[2] = np.nan
    frames = FaceFrames(ArrayFaces(faces), np.zeros(5, np.int64), landmarks)
    (expected,) = block.outputs(frames, np.arange(5))
    step = program.steps[0].step
    given = (faces, landmarks if step.takes_landmarks else None)
    traced, _ = jax.jit(lambda *some: step.apply({}, Frames(*some), (), jax.numpy.zeros(0)))(*given)
    assert traced.features is not None
    found = np.asarray(traced.features)
    np.testing.assert_allclose(found, expected.known_features(), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(
    ("face_shape", "network", "face_input"),
    [
        ((64, 64, 3), {"groups": 1}, {"local_contrast": True, "average_mirrored": True}),
        ((40, 50, 3), {"local_response_norm": False}, {"pixel_scale": 0.02}),
    ],
)
def test_preparation_of_faces_is_inside(face_shape, network, face_input):
    detector = detector_of(random_cnn(face_shape, network, face_input), face_shape)
    program = program_of(detector)
    artefact = export.deserialize(bytearray(serialise(program, ["cpu"])))
    faces = random_faces(5, face_shape)
    found = scores_of_artefact(program, artefact, faces, (3,))
    np.testing.assert_allclose(found, detector.scores(faces), atol=1e-5)


def test_a_network_in_bfloat16_hands_its_state_on_without_loss():
    cnn = random_cnn()
    lstm = random_lstm(cnn, compute_dtype=ComputeDtype.BFLOAT16)
    program = program_of(detector_of(random_fusion(cnn, lstm)))
    artefact = export.deserialize(bytearray(serialise(program, ["cpu"])))
    faces = random_faces(12)
    whole = scores_of_artefact(program, artefact, faces, (12,))
    pieces = scores_of_artefact(program, artefact, faces, (4,))
    np.testing.assert_allclose(pieces, whole, atol=1e-6)


def test_rounding_is_not_compiled_away():
    values = np.random.default_rng(0).random(1000, np.float32)
    found = jax.jit(lambda some: rounded(some * 1, np.dtype(np.float16)))(values)
    np.testing.assert_array_equal(found, values.astype(np.float16).astype(np.float32))


def test_a_model_without_a_step_is_named_with_what_can_be_done():
    class Oracle(ColumnsModel):
        KIND: ClassVar[str] = "oracle"

        def outputs(self, frames, rows, inputs):
            yield Outputs(np.zeros((len(rows), 3), np.float32))

    with pytest.raises(
        InputError, match=r"random builds on .* 'oracle', .*: computed_features, cnn"
    ):
        program_of(detector_of(Block(Oracle())))
