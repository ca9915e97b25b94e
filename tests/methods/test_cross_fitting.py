import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from au_jax.errors import InputError
from au_jax.methods.cross_fitting import parts_of_people
from au_jax.methods.method import PRETRAINING
from au_jax.methods.running import FoldMethods, run_methods
from au_jax.runs.layout import MethodFolder
from au_jax.runs.scores import load_scores
from au_jax.system.checkpoints import load_model
from tests.made.folds import make_fold, other_people, random_dataset, times_written

SHORT = {"steps": 3, "evaluate_every": 3}
SETTINGS = {
    "cnn": SHORT,
    "lstm": SHORT,
    "fusion": SHORT,
    "pretraining.steps": 2,
    "pretraining.data.synthetic.seed": 1,
    "protocol.validation_share": 0.3,
}


@given(
    people=st.integers(1, 9),
    parts=st.integers(2, 5),
    seed=st.integers(0, 99),
    each=st.integers(1, 3),
)
def test_everybody_is_in_one_part_and_parts_are_of_about_one_size(people, parts, seed, each):
    subject = np.repeat(np.arange(people + 1), each)
    rows = np.flatnonzero(subject > 0)
    found = parts_of_people(subject, rows, parts, seed)
    np.testing.assert_array_equal(np.sort(np.concatenate(found)), rows)
    who = [set(subject[part]) for part in found]
    assert len(found) == min(parts, people) and sum(map(len, who)) == people
    assert max(map(len, who)) - min(map(len, who)) <= 1


def fold_of(directory, dataset=None, cross_fit=2):
    before = make_fold(directory / PRETRAINING, random_dataset(seed=7), cnn=SHORT)
    other = {PRETRAINING: before}
    return make_fold(directory / "fold", dataset, other, cross_fit=cross_fit, **SETTINGS)


def model_in(run, method):
    return jax.tree.map(np.asarray, load_model(run.directory / method))


@pytest.fixture(scope="module")
def crossed(tmp_path_factory):
    """A fold that has cross-fitted, and its methods."""
    run = fold_of(tmp_path_factory.mktemp("crossed"))
    with jax.numpy_rank_promotion("raise"):
        run_methods(run, ["hybrid"])
        return run, FoldMethods(run, ["hybrid"])


@pytest.mark.parametrize("method", ["cnn", "lstm"])
def test_training_people_are_told_of_as_strangers_and_others_by_the_final_model(crossed, method):
    run, methods = crossed
    fitted = methods.fitted(method)
    final, in_training = fitted.outputs().known_scores(), fitted.in_training().known_scores()
    others = np.setdiff1d(np.arange(len(final)), run.fold.train)
    np.testing.assert_array_equal(in_training[others], final[others])
    assert (in_training[run.fold.train] != final[run.fold.train]).any(axis=1).all()


def test_what_the_cnn_tells_of_a_person_does_not_depend_on_that_person_s_labels(tmp_path, crossed):
    run, methods = crossed
    dataset, train = random_dataset(), run.fold.train
    subject = dataset.frames.subject
    person = train[subject[train] == subject[train[0]]]
    dataset.frames.labels[person] *= -1
    changed = FoldMethods(fold_of(tmp_path, dataset), ["lstm"])
    before, after = (one.fitted("cnn").in_training().known_scores() for one in (methods, changed))
    np.testing.assert_array_equal(after[person], before[person])
    others = np.setdiff1d(train, person)
    assert (after[others] != before[others]).any()


def test_lstm_and_fusion_learn_from_it_and_the_cnn_does_not(tmp_path, crossed):
    run, _ = crossed
    plain = fold_of(tmp_path, cross_fit=0)
    run_methods(plain, ["hybrid"])
    assert not MethodFolder(plain.directory / "cnn").cross_fit.path.exists()
    jax.tree.map(np.testing.assert_array_equal, model_in(run, "cnn"), model_in(plain, "cnn"))
    for method in ("lstm", "hybrid"):
        differs = jax.tree.map(
            lambda a, b: (a != b).any(), model_in(run, method), model_in(plain, method)
        )
        assert any(jax.tree.leaves(differs)), method


def test_tested_people_change_nothing_that_is_trained(tmp_path, crossed):
    run, _ = crossed
    changed = fold_of(tmp_path, other_people(random_dataset(), run.fold.test))
    run_methods(changed, ["hybrid"])
    for method in ("cnn", "lstm", "hybrid"):
        jax.tree.map(
            np.testing.assert_array_equal, model_in(changed, method), model_in(run, method)
        )
    scores = [
        load_scores(MethodFolder(one.directory / "hybrid").test_scores).scores
        for one in (run, changed)
    ]
    assert (scores[0] != scores[1]).any()


def test_it_is_computed_once_and_only_the_result_is_kept(crossed):
    run, _ = crossed
    for method, files in (("cnn", {"features.npy", "scores.npy"}), ("lstm", {"scores.npy"})):
        folder = MethodFolder(run.directory / method).cross_fit.path
        assert {file.name for file in folder.iterdir()} == files
    before = times_written(run.directory)
    FoldMethods(run, ["hybrid"]).fitted("lstm").in_training()
    assert times_written(run.directory) == before


def test_it_takes_a_pretrained_cnn_and_two_parts(tmp_path):
    with pytest.raises(InputError, match=r"cross_fit is 4; allowed is 0 without pretraining"):
        make_fold(tmp_path, cross_fit=4)
    with pytest.raises(InputError, match=r"cross_fit is 1; allowed is 0, or 2 or more"):
        make_fold(tmp_path, **{**SETTINGS, "cross_fit": 1})
