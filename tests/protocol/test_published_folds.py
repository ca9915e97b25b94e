import warnings

import numpy as np
import pytest

from au_jax.errors import InputError
from au_jax.protocol.folds import subject_folds
from au_jax.protocol.published_folds import PUBLISHED_FOLDS, published_folds

SUBJECTS = {
    "bp4d": [*(f"F{n:03d}" for n in range(1, 24)), *(f"M{n:03d}" for n in range(1, 19))],
    "disfa": [f"SN{n:03d}" for n in (*range(1, 14), 16, 17, 18, 21, *range(23, 33))],
}


def frames_of(names, each=3):
    return np.repeat(np.arange(len(names)), each)


def split(name, names, subject=None, seed=0):
    subject = frames_of(names) if subject is None else subject
    return published_folds(name, subject, names, validation_share=0.2, seed=seed)


@pytest.mark.parametrize("name", PUBLISHED_FOLDS)
def test_lists_hold_every_subject_once(name):
    listed = [subject for tested in PUBLISHED_FOLDS[name] for subject in tested]
    assert sorted(listed) == sorted(SUBJECTS[name])


@pytest.mark.parametrize("name", PUBLISHED_FOLDS)
def test_folds_test_the_lists_and_share_nobody(name):
    names = SUBJECTS[name]
    subject = frames_of(names)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        folds = split(name, names)
    for fold, tested in zip(folds, PUBLISHED_FOLDS[name], strict=True):
        people = [set(subject[rows]) for rows in (fold.train, fold.validation, fold.test)]
        assert {names[index] for index in people[2]} == set(tested)
        assert set.union(*people) == set(range(len(names)))
        assert sum(map(len, people)) == len(names)
        others = len(names) - len(tested)
        assert len(people[1]) == round(0.2 * others)
        assert sorted(np.concatenate([fold.train, fold.validation, fold.test])) == list(
            range(len(subject))
        )


def test_seed_draws_who_validates_as_in_seeded_folds():
    names = SUBJECTS["disfa"]
    one, same, other = (split("disfa", names, seed=seed) for seed in (0, 0, 1))
    for a, b in zip(one, same, strict=True):
        np.testing.assert_array_equal(a.validation, b.validation)
    assert any(set(a.validation) != set(b.validation) for a, b in zip(one, other, strict=True))
    seeded = subject_folds(frames_of(names), folds=3, validation_share=0.2, seed=0)
    assert [len(fold.validation) for fold in seeded] == [len(fold.validation) for fold in one]


def test_order_and_capitals_of_the_names_do_not_matter():
    names = [name.lower() for name in reversed(SUBJECTS["bp4d"])]
    subject = frames_of(names)
    tested = {names[index].upper() for index in subject[split("bp4d", names)[0].test]}
    assert tested == set(PUBLISHED_FOLDS["bp4d"][0])


def test_subjects_that_the_data_lack_are_told_once():
    names = ["F001", "F003", "F007", "M001"]
    with pytest.warns(UserWarning, match=r"37 of the 41 subjects.*not in the data: F002") as caught:
        folds = split("bp4d", names)
    assert len(caught) == 1
    subject = frames_of(names)
    assert [sorted(set(subject[fold.test])) for fold in folds] == [[0, 3], [1], [2]]


def test_names_without_frames_do_not_count():
    names = ["F001", "F003", "F007", "M001", "stranger"]
    with pytest.warns(UserWarning):
        split("bp4d", names, subject=np.array([0, 1, 2, 3]))


def test_unknown_subjects_are_refused_by_name():
    with pytest.raises(InputError, match=r"not in the published folds of bp4d: F024, X1; take"):
        split("bp4d", [*SUBJECTS["bp4d"], "x1", "F024"])


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["F001", "M007", "F003", "M011"], "fold 3 .* would test 0 of 4"),
        (["F001", "M007", "F018", "F003"], "fold 1 .* would test 3 of 4"),
    ],
)
def test_too_few_subjects_are_refused(names, message):
    with pytest.raises(InputError, match=message):
        split("bp4d", names)


def test_other_data_sets_and_shares_are_refused():
    with pytest.raises(InputError, match="no published folds of 'gft', only of bp4d, disfa"):
        split("gft", ["001A"])
    with pytest.raises(ValueError, match="validation_share is 1"):
        published_folds("bp4d", np.zeros(3, int), ["F001"], validation_share=1, seed=0)
