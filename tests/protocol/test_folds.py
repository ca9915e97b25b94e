import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from au_jax.errors import InputError
from au_jax.protocol.folds import subject_folds, validation_split


@st.composite
def splits(draw):
    """A data set's subjects (any numbers, any share of frames) and a possible split of them."""
    names = draw(st.lists(st.integers(0, 1000), unique=True, min_size=3, max_size=40))
    frames = draw(st.lists(st.sampled_from(names), max_size=60))
    subject = np.array(draw(st.permutations([*names, *frames])), np.int32)
    folds = draw(st.integers(2, len(names)))
    if len(names) - -(-len(names) // folds) < 2:
        folds = len(names)
    share = draw(st.floats(0.05, 0.9))
    return subject, folds, share, draw(st.integers(0, 2**31))


@given(splits())
def test_no_subject_is_in_two_parts_of_a_fold(split):
    subject, folds, share, seed = split
    for fold in subject_folds(subject, folds=folds, validation_share=share, seed=seed):
        parts = [set(subject[rows].tolist()) for rows in (fold.train, fold.validation, fold.test)]
        assert all(parts), "a part is empty"
        assert not (parts[0] & parts[1] or parts[0] & parts[2] or parts[1] & parts[2])


@given(splits())
def test_a_fold_uses_every_frame_once_and_every_subject_is_tested_once(split):
    subject, folds, share, seed = split
    made = subject_folds(subject, folds=folds, validation_share=share, seed=seed)
    assert len(made) == folds
    for fold in made:
        rows = np.concatenate([fold.train, fold.validation, fold.test])
        assert rows.dtype == np.int64
        np.testing.assert_array_equal(np.sort(rows), np.arange(len(subject)))
        for part in (fold.train, fold.validation, fold.test):
            assert (np.diff(part) > 0).all()
    tested = [np.unique(subject[fold.test]) for fold in made]
    np.testing.assert_array_equal(np.sort(np.concatenate(tested)), np.unique(subject))
    sizes = [len(part) for part in tested]
    assert max(sizes) - min(sizes) <= 1


@given(splits())
def test_same_seed_same_folds_and_validation_is_the_share(split):
    subject, folds, share, seed = split
    made, again = (
        subject_folds(subject, folds=folds, validation_share=share, seed=seed) for _ in range(2)
    )
    for one, two in zip(made, again, strict=True):
        np.testing.assert_array_equal(one.train, two.train)
        np.testing.assert_array_equal(one.validation, two.validation)
        np.testing.assert_array_equal(one.test, two.test)
        others = len(np.unique(subject[np.concatenate([one.train, one.validation])]))
        validating = len(np.unique(subject[one.validation]))
        assert validating == max(1, min(others - 1, round(share * others)))


@given(splits())
def test_folds_follow_the_people_not_the_order_of_the_frames(split):
    subject, folds, share, seed = split
    shuffled = np.random.default_rng(0).permutation(subject)
    for one, two in zip(
        subject_folds(subject, folds=folds, validation_share=share, seed=seed),
        subject_folds(shuffled, folds=folds, validation_share=share, seed=seed),
        strict=True,
    ):
        assert set(subject[one.test]) == set(shuffled[two.test])
        assert set(subject[one.validation]) == set(shuffled[two.validation])


@pytest.mark.parametrize(
    ("subjects", "sizes"), [(41, [5] + [4] * 9), (96, [10] * 6 + [9] * 4), (10, [1] * 10)]
)
def test_sizes_of_the_papers_folds(subjects, sizes):
    subject = np.repeat(np.arange(subjects), 3)
    made = subject_folds(subject, folds=10, validation_share=0.2, seed=0)
    assert [len(np.unique(subject[fold.test])) for fold in made] == sizes


def test_other_seed_gives_other_folds_and_validation_differs_between_folds():
    subject = np.arange(40)
    first, second = (
        subject_folds(subject, folds=4, validation_share=0.2, seed=seed) for seed in (0, 1)
    )
    assert any(set(a.test) != set(b.test) for a, b in zip(first, second, strict=True))
    assert len({tuple(fold.validation) for fold in first}) == 4


@pytest.mark.parametrize(("subjects", "folds"), [(2, 2), (0, 3), (3, 4), (5, 1), (5, 0), (1, 1)])
def test_too_few_subjects_are_told(subjects, folds):
    with pytest.raises(InputError, match=f"{subjects} subjects cannot be split into {folds} folds"):
        subject_folds(np.arange(subjects), folds=folds, validation_share=0.2, seed=0)


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1])
def test_share_is_checked(share):
    with pytest.raises(ValueError, match="validation_share"):
        subject_folds(np.arange(9), folds=3, validation_share=share, seed=0)


@given(subjects=st.integers(2, 40), share=st.floats(0.05, 0.95), seed=st.integers(0, 99))
def test_without_a_test_part_everybody_trains_or_validates(subjects, share, seed):
    subject = np.repeat(np.arange(subjects), 3)
    fold = validation_split(subject, validation_share=share, seed=seed)
    assert len(fold.test) == 0 and len(fold.train) and len(fold.validation)
    assert not set(subject[fold.train]) & set(subject[fold.validation])
    np.testing.assert_array_equal(
        np.sort(np.concatenate([fold.train, fold.validation])), np.arange(len(subject))
    )
