import csv
import html

import numpy as np
import pytest

from au_jax.reporting.page import write_report
from au_jax.reporting.paper.competitor_tables import competitor_table
from au_jax.reporting.part_report import part_table, write_part
from au_jax.reporting.patches.sections import mean_face, patch_sections
from au_jax.reporting.results import METRIC_TITLES
from au_jax.reporting.sampling.tables import sampling_table
from au_jax.reporting.tables import metric_table
from au_jax.settings import DataConfig, Experiment, PresetName, SyntheticConfig
from tests.made.results import made_results
from tests.made.runs import ALL, made_jpml_model, made_run, save_jpml


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return made_run(tmp_path_factory.mktemp("run") / "made", aus=(1, 12, 24))


@pytest.fixture(scope="module")
def page(run):
    text = write_report(*run).read_text()
    return html.unescape(" ".join(text.split()))


def test_page_has_the_sections_of_an_experiment_with_competitors(page):
    for heading in (
        "Differences between methods",
        "What the paper says of its table",
        "Patches that JPML selects on gft",
    ):
        assert page.count(f"<h3>{heading}</h3>") == 1
    assert "paper: ANet^T" in page and "95 % interval over 24 subjects" in page
    assert "does not hold: best AUs: Ours 4, SVM 0, CPM 2, JPML 2, ANet 4" in page


@pytest.mark.parametrize("name", [*METRIC_TITLES, "differences", "statements"])
def test_every_table_is_written_in_three_formats(run, page, name):
    report = run[0].report
    assert (report / f"{name}.tex").read_text().startswith("% Needs \\usepackage{booktabs")
    assert "|:--|" in (report / f"{name}.md").read_text()
    with (report / f"{name}.csv").open() as file:
        header, *rows = list(csv.reader(file))
    assert rows and {len(row) for row in rows} == {len(header)}


def test_kind_of_table_follows_the_methods():
    usual = made_results(methods=("always_present", "cnn", "lstm"))
    assert part_table(usual, "f1_frame", counterpart="gft") == metric_table(usual, "f1_frame")
    for method in ("cnn_balanced_loss", "cnn_weighted"):
        compared = made_results(methods=("always_present", method))
        shown = part_table(compared, "f1_frame", counterpart="gft_like")
        assert shown == sampling_table(compared, "f1_frame")
        bare = sampling_table(compared, "f1_frame", printed=False)
        assert part_table(compared, "f1_frame") == bare != shown
    competing = made_results(methods=("always_present", *ALL), folds=3)
    shown = part_table(competing, "f1_frame", counterpart="gft")
    assert shown == competitor_table(competing, "f1_frame", "gft")
    assert part_table(competing, "f1_frame") == metric_table(competing, "f1_frame") != shown


@pytest.mark.parametrize(
    ("preset", "number"), [(PresetName.GFT_LIKE, 1), (PresetName.BP4D_LIKE, 2)]
)
def test_built_in_faces_stand_beside_the_data_set_they_are_after(tmp_path, preset, number):
    results = made_results(dataset="synthetic", methods=("always_present", "svm"), folds=3)
    experiment = Experiment(data=DataConfig(synthetic=SyntheticConfig(preset=preset)))
    part = write_part(tmp_path, results, experiment, several=False)
    assert any(f"Table {number}" in note for note in part.tables["f1_frame"].notes)
    assert any(f"Table {number}" in section.text for section in part.sections)


def test_parts_have_files_of_their_own_and_no_statements_between_data_sets(tmp_path):
    results = made_results(trained_on="bp4d_like", methods=("always_present", "svm"), folds=3)
    part = write_part(tmp_path, results, Experiment(), several=True)
    assert [section.heading for section in part.sections] == ["Differences between methods"]
    written = {path.name for path in tmp_path.iterdir()}
    assert "differences_bp4d_like_to_gft_like.csv" in written
    assert "f1_frame_bp4d_like_to_gft_like.tex" in written


def test_patches_are_those_of_the_folds_that_are_done(tmp_path):
    made, _, _, protocol = made_run(tmp_path / "made", aus=(1, 12), methods=("svm",))
    assert patch_sections(made, protocol) == []
    for fold in (0, 2):
        save_jpml(made.method(fold, "jpml").path, made_jpml_model((1, 12), seed=fold))
    (section,) = patch_sections(made, protocol)
    assert "mean over 2 of 3 folds" in section.text
    assert (made.report / "jpml_patches_gft.png").exists()
    save_jpml(made.method(0, "jpml").path, made_jpml_model((1, 12), patches=1))
    save_jpml(made.method(2, "jpml").path, made_jpml_model((1, 12), patches=1))
    assert patch_sections(made, protocol) == []


def test_mean_face_is_that_of_tracked_faces(run):
    dataset = run[3].dataset
    rows = np.arange(60)[::-1]
    tracked = [row for row in rows if dataset.frames.tracked[row]]
    assert len(tracked) < 60
    expected = np.mean([dataset.faces[np.array([row])][0] for row in tracked], axis=0)
    np.testing.assert_allclose(mean_face(dataset, rows), expected)
