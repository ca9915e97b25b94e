"""Experiments that look at the runs of others, and analyses in a run's own report."""

import csv

import numpy as np
import pytest
from etils import epath
from scipy.spatial.distance import jensenshannon

from au_jax.errors import InputError
from au_jax.pipeline.run import run_experiment
from au_jax.pipeline.study import run_study
from au_jax.runs.layout import RunFolder
from au_jax.runs.scores import load_scores
from au_jax.settings import (
    AnalysesConfig,
    EmbeddingConfig,
    Experiment,
    SubjectInvarianceConfig,
)
from au_jax.settings.named import load_experiment
from au_jax.system import atomic_files

pytestmark = pytest.mark.filterwarnings("ignore:never present in the training frames")

FILE = """
import dataclasses
from tests.made import tiny_experiment

def experiment():
    return dataclasses.replace(tiny_experiment.experiment(), methods=("cnn",))
"""


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory):
    """A file with an experiment, the folder of its data, and that of its run."""
    folder = tmp_path_factory.mktemp("study")
    file = folder / "tiny.py"
    file.write_text(FILE)
    return file, str(folder / "data"), folder / "runs"


def study(file, *shown):
    return Experiment(
        name="look",
        looks_at=(str(file),),
        methods=("cnn",),
        analyses=AnalysesConfig(
            shown=shown,
            embedding=EmbeddingConfig(frames=20, seeds=(0, 1)),
            subject_invariance=SubjectInvarianceConfig(frames_per_subject=6, resamples=20),
        ),
    )


def test_what_is_missing_is_trained_and_what_is_there_is_shown(looked_at):
    file, data_dir, workdir = looked_at
    page = run_study(study(file, "filters"), data_dir=data_dir, workdir=str(workdir))
    assert page == epath.Path(workdir) / "look" / "report" / "index.html"
    assert "Filters of the first layer" in page.read_text()
    assert (page.parent / "conv1_filters.png").exists()
    run = RunFolder(epath.Path(workdir) / "tiny")
    found = atomic_files.read_arrays(run.analysis(0, "filters"))
    assert found["filters"].shape[:3] == (11, 11, 3)
    assert not run.fold(1).exists()  # one fold is enough to look at

    trained = run.method(0, "cnn").test_scores
    before = trained.stat().mtime, run.analysis(0, "filters").stat().mtime
    run_study(study(file, "filters"), data_dir=data_dir, workdir=str(workdir))
    assert (trained.stat().mtime, run.analysis(0, "filters").stat().mtime) == before


def test_a_run_shows_it_in_its_own_report(looked_at):
    file, data_dir, workdir = looked_at
    run_study(study(file, "filters"), data_dir=data_dir, workdir=str(workdir))
    page = run_experiment(load_experiment(str(file)), data_dir=data_dir, workdir=str(workdir))
    assert "What was learned" in page.read_text()
    report = page.parent
    np.testing.assert_array_equal(
        np.frombuffer((report / "conv1_filters.png").read_bytes(), np.uint8),
        np.frombuffer((workdir / "look/report/conv1_filters.png").read_bytes(), np.uint8),
    )


def own_features(file, table):
    """Features that hold who somebody is and nothing else."""
    features = 1.0 + np.eye(len(table["subjects"]))[table["subject"]]
    names = np.array(table["recordings"])[table["recording"]]
    atomic_files.write_arrays(
        file, {"features": features, "recording": names, "frame": table["frame"]}
    )


def test_features_of_ones_own_stand_beside_those_of_the_networks(looked_at, tmp_path):
    file, data_dir, workdir = looked_at
    (prepared,) = epath.Path(data_dir).glob("synthetic*")
    mine = tmp_path / "mine.npz"
    own_features(mine, atomic_files.read_arrays(prepared / "frames.npz"))
    given = {"data_dir": data_dir, "workdir": str(workdir), "feature_files": {"mine": str(mine)}}
    page = run_study(study(file, "embedding", "subject_invariance"), **given)
    text, report = page.read_text(), page.parent
    assert "Features in the plane" in text and "How much features differ between people" in text

    with (report / "embedding_silhouettes.csv").open() as opened:
        rows = [row for row in csv.DictReader(opened) if row["groups"] == "subject"]
    assert {row["features"] for row in rows} == {"hog", "mine", "fc7"}
    mine_alone = [float(row["silhouette"]) for row in rows if row["features"] == "mine"]
    assert mine_alone[0] == pytest.approx(1) and len(mine_alone) == 3  # features and two seeds
    with (report / "embedding.csv").open() as opened:
        frames = list(csv.DictReader(opened))
    assert len(frames) == 20 and {"fc7_seed1_x", "AU12", "frame"} <= frames[0].keys()

    with (report / "subject_invariance.csv").open() as opened:
        divergences = {row["features"]: row for row in csv.DictReader(opened)}
    # Two people: (2, 1, …) and (1, 2, …) with the median 1, squeezed.
    high, low = 1 / (1 + np.exp(-2)), 1 / (1 + np.exp(-1))
    one = np.array([high, low, *[low] * 4])
    wanted = jensenshannon(one, one[[1, 0, 2, 3, 4, 5]]) ** 2
    assert float(divergences["mine"]["sum"]) == pytest.approx(wanted, rel=1e-5)
    assert float(divergences["mine"]["same_person"]) == 0
    assert list(divergences) == ["gabor", "hog", "mine", "fc7"]  # built-in faces have no shape


def test_own_features_under_a_taken_name_or_without_a_tested_person_are_refused(
    looked_at, tmp_path
):
    file, data_dir, workdir = looked_at
    (prepared,) = epath.Path(data_dir).glob("synthetic*")
    table, mine = atomic_files.read_arrays(prepared / "frames.npz"), tmp_path / "mine.npz"
    given = {"data_dir": data_dir, "workdir": str(workdir)}
    own_features(mine, table)
    with pytest.raises(InputError, match="the name fc7 is taken"):
        run_study(study(file, "embedding"), feature_files={"fc7": str(mine)}, **given)
    scores = RunFolder(epath.Path(workdir) / "tiny").method(0, "cnn").test_scores
    tested = str(load_scores(scores).subjects[0])
    kept = np.array(table["subjects"])[table["subject"]] != tested
    few = {name: one[kept] if len(one) == len(kept) else one for name, one in table.items()}
    own_features(mine, few)
    with pytest.raises(InputError, match=f"no frame of subject '{tested}', who is tested"):
        run_study(study(file, "embedding"), feature_files={"m": str(mine)}, **given)


def test_what_cannot_be_looked_at_is_named(looked_at):
    file, data_dir, workdir = looked_at
    given = {"data_dir": data_dir, "workdir": str(workdir)}
    with pytest.raises(InputError, match="known are: filters"):
        run_study(study(file, "colours"), **given)
    with pytest.raises(InputError, match="the analysis filters looks at cnn"):
        run_study(study(file, "filters"), methods=("svm",), **given)
    with pytest.raises(InputError, match="allows 0 to 2"):
        run_study(study(file, "filters"), fold=3, **given)
    changed = study(file, "filters")
    changed.seed = 3
    with pytest.raises(InputError, match="seed was changed, but this experiment looks at"):
        run_study(changed, **given)


def test_a_feature_file_is_refused_before_anything_is_trained(looked_at, tmp_path):
    file, data_dir, _ = looked_at
    given = {"data_dir": data_dir, "workdir": str(tmp_path)}
    missing = {"vgg": str(tmp_path / "vgg.npz")}
    with pytest.raises(InputError, match=r"vgg\.npz: there is no such file"):
        run_study(study(file, "filters"), feature_files=missing, **given)
    with pytest.raises(InputError, match=r"vgg\.npz: there is no such file"):
        run_experiment(load_experiment(str(file)), feature_files=missing, **given)
    with pytest.raises(InputError, match="the name fc7 is taken"):
        run_study(study(file, "filters"), feature_files={"fc7": "fc7.npz"}, **given)
    assert not list(tmp_path.rglob("fold_*"))
