import csv

import numpy as np
import pytest
from sklearn.metrics import matthews_corrcoef

from au_jax.analysis.au_relations import au_relations
from au_jax.reporting.learned.au_relations import au_relations_sections, relations_figure
from au_jax.runs.scores import load_scores
from tests.made.runs import made_run


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("relations") / "made"
    return made_run(path, methods=("cnn", "lstm"), aus=(1, 6, 12))


def test_relations_of_all_folds_are_pooled_and_written_down(made):
    run, _, _, protocol = made
    (section,) = au_relations_sections(run, protocol.parts, ("always_present", "cnn", "lstm"))
    files = [run.method(fold, "cnn").test_scores for fold in range(3)]
    parts = [load_scores(file) for file in files]
    labels = np.concatenate([part.labels for part in parts])
    said = np.concatenate([part.scores > 0 for part in parts])
    with (run.report / "au_relations.csv").open() as opened:
        rows = list(csv.DictReader(opened))
    # Who says yes everywhere has no relations.
    assert [row["method"] for row in rows] == ["cnn"] * 3 + ["lstm"] * 3
    for row, (first, second) in zip(rows[:3], ((0, 1), (0, 2), (1, 2)), strict=True):
        wanted = matthews_corrcoef(labels[:, first], labels[:, second])
        assert float(row["labels"]) == pytest.approx(wanted, abs=1e-5)
        wanted = matthews_corrcoef(said[:, first], said[:, second])
        assert float(row["decisions"]) == pytest.approx(wanted, abs=1e-5)
        assert row["residuals"] == ""  # nothing is calibrated
    assert (run.report / "au_relations.png").exists() and section.table is not None
    assert [row[0] for row in section.table.rows] == ["CNN", "LSTM"]


def test_parts_of_a_protocol_have_files_of_their_own(made):
    run, _, _, protocol = made
    (part,) = protocol.parts
    sections = au_relations_sections(run, (part, part), ("cnn",))
    assert len(sections) == 2 and "trained on gft, tested on gft" in sections[0].heading
    assert (run.report / "au_relations_gft_to_gft.csv").exists()


def test_the_figure_has_no_colour_where_nothing_is_known():
    labels = np.random.default_rng(0).choice([-1, 1], (30, 3)).astype(np.int8)
    figure = relations_figure({"cnn": au_relations(labels, labels)}, (1, 6, 12))
    pictures = [axis.images[0].get_array() for axis in figure.axes if axis.images]
    assert [np.ma.count_masked(picture) for picture in pictures] == [3, 3, 9]
