import csv
import json

import numpy as np
import pytest

import au_jax
from au_jax.detector.blendshape_rules import RULES, BlendshapeRules
from au_jax.detector.block import FaceFrames, Outputs
from au_jax.errors import InputError
from au_jax.exporting.program import program_of
from au_jax.faces.blendshapes import BLENDSHAPES
from au_jax.facs import validate_aus
from au_jax.methods.registry import in_order
from au_jax.prediction import command_line
from au_jax.settings import Experiment
from au_jax.system.command import DONE
from tests.made.portraits import camera, photograph
from tests.made.videos import write_video


def scores_of(aus, **coefficients):
    found = np.zeros((1, len(BLENDSHAPES)), np.float32)
    for name, value in coefficients.items():
        found[0, BLENDSHAPES.index(name)] = value
    frames: FaceFrames = ()  # pyright: ignore[reportAssignmentType] (not looked at)
    (outputs,) = BlendshapeRules(aus).outputs(frames, np.arange(1), [Outputs(features=found)])
    return outputs.known_scores()[0]


def test_an_au_is_present_where_the_mean_of_both_sides_is_above_the_threshold():
    at = RULES[12].threshold
    assert scores_of((12,), mouthSmileLeft=2 * at, mouthSmileRight=0)[0] == pytest.approx(0)
    assert scores_of((12,), mouthSmileLeft=2 * at, mouthSmileRight=0.1)[0] > 0
    assert scores_of((12,), mouthSmileLeft=at, mouthSmileRight=at - 0.1)[0] < 0
    one, two = scores_of((1, 12), browInnerUp=1.0)
    assert one > 0 > two


def test_an_au_without_a_rule_is_absent():
    assert 9 not in RULES
    np.testing.assert_array_equal(scores_of((9,), noseSneerLeft=1.0, noseSneerRight=1.0), [-1])


def test_rules_name_action_units_and_blendshapes_that_there_are():
    assert validate_aus(tuple(RULES)) == tuple(RULES)
    every = np.eye(len(BLENDSHAPES))
    for rule in RULES.values():
        assert 0 < rule.threshold < 1 and rule.mean(every).sum() == pytest.approx(1)


def test_it_is_a_method_of_experiments():
    assert in_order(["blendshape_rules"], Experiment()) == ["always_present", "blendshape_rules"]


def test_it_cannot_be_exported():
    with pytest.raises(InputError, match="cannot be exported"):
        program_of(au_jax.Detector.load("blendshape_rules"))


@pytest.mark.usefixtures("landmark_models", "blendshape_model")
def test_it_predicts_without_training_and_warns(tmp_path, capsys):
    picture = photograph(camera(1.0, 0.0, 150, 180), 360, 300)
    write_video(tmp_path / "clip.mp4", np.stack([picture] * 5))
    given = ["--model=blendshape_rules", f"--video={tmp_path / 'clip.mp4'}"]
    assert command_line.run(["predict", *given, f"--out={tmp_path / 'out'}"]) == DONE
    assert "not validated against FACS" in capsys.readouterr().err
    rows = list(csv.DictReader((tmp_path / "out/clip.csv").open()))
    assert len(rows) == 5 and all(row["success"] == "1" for row in rows)
    assert {f"AU{au:02d}_c" for au in RULES} < rows[0].keys()
    about = json.loads((tmp_path / "out/clip.json").read_text())
    assert "not validated against FACS" in about["warning"]
    assert about["model"]["method"] == "blendshape_rules"
    # Rules that are saved are those that are loaded by name.
    au_jax.Detector.load("blendshape_rules").save(tmp_path / "kept")
    again = au_jax.predict(tmp_path / "clip.mp4", tmp_path / "kept")
    probabilities = [float(row["AU12_p"]) for row in rows]
    np.testing.assert_allclose(
        again.probabilities[:, again.aus.index(12)], probabilities, atol=1e-3
    )
