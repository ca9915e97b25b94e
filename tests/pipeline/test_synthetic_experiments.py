"""Every named experiment on built-in faces from its settings to its page, made small."""

import dataclasses
import json
import math

import pytest

from au_jax.pipeline.run import run_experiment
from au_jax.pipeline.study import run_study
from au_jax.settings import (
    AttributionConfig,
    EmbeddingConfig,
    PreferredFacesConfig,
    SubjectInvarianceConfig,
    SyntheticConfig,
)
from au_jax.settings.named import known_experiments, load_experiment
from tests.made.tiny_experiment import FACES, experiment

# Among so few people some AU is never there.
pytestmark = pytest.mark.filterwarnings("ignore:never present in the training frames")

SYNTHETIC = sorted(name for name in known_experiments() if name.startswith("synthetic_"))
LOOKING = [name for name in SYNTHETIC if load_experiment(name).looks_at]
NAMES = [name for name in SYNTHETIC if name not in LOOKING]

SMALL_FILE = """
from tests.pipeline.test_synthetic_experiments import made_small

def experiment():
    return made_small("{name}")
"""


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """Built-in faces are drawn once for all experiments."""
    return str(tmp_path_factory.mktemp("data"))


def few(data):
    people = data.synthetic
    faces = SyntheticConfig(**FACES, preset=people.preset, seed=people.seed)
    return dataclasses.replace(data, synthetic=faces)


def made_small(name):
    """A named experiment with its methods, protocol and kinds of training, on a few small faces."""
    named, tiny = load_experiment(name), experiment()
    return dataclasses.replace(
        named,
        aus=tuple(au for au in named.aus if au in (1, 6, 12)),
        data=few(named.data),
        test_data=few(named.test_data),
        transfer_data=few(named.transfer_data),
        cnn=dataclasses.replace(tiny.cnn, training_f1_frames=min(named.cnn.training_f1_frames, 20)),
        lstm=tiny.lstm,
        fusion=dataclasses.replace(
            tiny.fusion, network=dataclasses.replace(named.fusion.network, hidden=4)
        ),
        features=dataclasses.replace(named.features, pca_components=8),
        svm=dataclasses.replace(named.svm, costs=(0.1, 1.0)),
        cpm=dataclasses.replace(named.cpm, iterations=2),
        jpml=dataclasses.replace(named.jpml, alphas=(0.1, 0.01), betas=(0.0, 0.1), iterations=20),
    )


@pytest.mark.parametrize("name", NAMES)
def test_an_experiment_runs_to_its_page(name, data_dir, tmp_path):
    small = made_small(name)
    page = run_experiment(small, data_dir=data_dir, workdir=str(tmp_path))
    text = page.read_text()
    results = json.loads((tmp_path / name / "results.json").read_text())
    for part in results.get("parts", [results]):
        assert list(part["methods"]) == ["always_present", *small.methods]
        assert part["folds_done"] == part["folds"]
        means = [values["f1_frame"]["mean"] for values in part["methods"].values()]
        assert all(math.isfinite(mean) and 0 <= mean <= 1 for mean in means)
    assert "The faces are synthetic" in text


@pytest.mark.parametrize("name", LOOKING)
def test_an_experiment_looks_at_runs_and_makes_its_page(name, data_dir, tmp_path):
    named = load_experiment(name)
    files = []
    for run in named.looks_at:
        files.append(tmp_path / f"{run}.py")
        files[-1].write_text(SMALL_FILE.format(name=run))
    small = dataclasses.replace(
        named, looks_at=tuple(map(str, files)), analyses=few_steps(named.analyses)
    )
    page = run_study(small, data_dir=data_dir, workdir=str(tmp_path / "runs"))
    text = page.read_text()
    assert text.count("<h3>") >= len(named.analyses.shown)
    assert "The faces are synthetic" in text


def few_steps(analyses):
    """The same analyses on little."""
    return dataclasses.replace(
        analyses,
        embedding=EmbeddingConfig(frames=12, seeds=(0,)),
        subject_invariance=SubjectInvarianceConfig(frames_per_subject=3, resamples=20),
        preferred_faces=PreferredFacesConfig(iterations=5),
        attribution=AttributionConfig(steps=2, faces=1, people=1, random_units=1),
    )
