import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from au_jax.errors import InputError
from au_jax.protocol.folds import subject_folds
from au_jax.protocol.published_folds import PUBLISHED_FOLDS
from au_jax.protocol.scenarios import fold_count, make_protocol
from au_jax.settings import ProtocolConfig, Scenario, Split
from tests.made.random_datasets import made_dataset


@st.composite
def settings(draw):
    """Two data sets with at least as many people as folds need, and a protocol's settings."""
    folds = draw(st.integers(2, 4))
    people = [draw(st.integers(folds + 2, 10)) for _ in range(2)]
    rate = st.sampled_from([None, 0.0, 0.05, 0.11, 0.13, 0.4, 1.0])
    rates = st.lists(rate, min_size=3, max_size=3)
    first, second = (
        made_dataset(
            name,
            subjects=count,
            seed=draw(st.integers(0, 9)),
            aus=(1, 4, 12),
            rates=draw(rates),
        )
        for name, count in zip("ab", people, strict=True)
    )
    share, seed = draw(st.floats(0.1, 0.6)), draw(st.integers(0, 99))
    return first, second, {"folds": folds, "validation_share": share, "seed": seed}


def protocol_of(made, scenario):
    first, second, values = made
    other = None if scenario is Scenario.WITHIN else second
    return make_protocol(first, other, ProtocolConfig(scenario=scenario, **values))


def people_of(protocol, rows):
    table = protocol.dataset.frames
    return {table.subjects[index] for index in table.subject[rows]}


@pytest.mark.parametrize("scenario", list(Scenario))
@given(made=settings())
def test_nobody_is_in_two_parts_of_a_fold(scenario, made):
    protocol = protocol_of(made, scenario)
    assert len(protocol.folds) == len(protocol.fold_names) == len(set(protocol.fold_names))
    assert len(protocol.folds) == fold_count(ProtocolConfig(scenario=scenario, **made[2]))
    for fold in protocol.folds:
        train, validation, test = (
            people_of(protocol, rows) for rows in (fold.train, fold.validation, fold.test)
        )
        assert train and validation and test
        assert not (train & validation or train & test or validation & test)
        for rows in (fold.train, fold.validation, fold.test):
            assert (np.diff(rows) > 0).all()


@pytest.mark.parametrize("scenario", list(Scenario))
@given(made=settings())
def test_every_frame_of_a_part_is_tested_by_exactly_one_of_its_folds(scenario, made):
    first, second, _ = made
    protocol = protocol_of(made, scenario)
    lengths = {"a": len(first.frames), "b": len(second.frames)}
    starts = {"a": 0, "b": lengths["a"]}
    for part in protocol.parts:
        start = starts[part.tested_on]
        assert (part.first, part.last) == (start, start + lengths[part.tested_on])
        tested = np.concatenate([protocol.folds[number].test for number in part.folds])
        tested = tested[(part.first <= tested) & (tested < part.last)]
        assert sorted(tested.tolist()) == list(range(part.first, part.last))
    # And no test frame is left without a table.
    covered = {
        (number, row)
        for part in protocol.parts
        for number in part.folds
        for row in protocol.folds[number].test.tolist()
        if part.first <= row < part.last
    }
    assert len(covered) == sum(len(fold.test) for fold in protocol.folds)


@pytest.mark.parametrize("scenario", [Scenario.WITHIN, Scenario.BOTH])
@given(made=settings())
def test_models_of_a_part_are_trained_on_its_data_set(scenario, made):
    protocol = protocol_of(made, scenario)
    border = len(made[0].frames)
    for part in protocol.parts:
        for number in part.folds:
            fold = protocol.folds[number]
            rows = np.concatenate([fold.train, fold.validation])
            assert ((rows < border) == (part.trained_on == "a")).all()


@given(made=settings())
def test_between_uses_all_of_the_first_and_tests_all_of_the_second(made):
    protocol = protocol_of(made, Scenario.BETWEEN)
    ((fold,), (part,)) = protocol.folds, protocol.parts
    border, end = len(made[0].frames), len(protocol.dataset.frames)
    seen = np.concatenate([fold.train, fold.validation])
    assert sorted(seen.tolist()) == list(range(border))
    assert fold.test.tolist() == list(range(border, end))
    assert (part.trained_on, part.tested_on, part.folds) == ("a", "b", (0,))


@given(made=settings())
def test_within_is_the_subject_folds_of_the_data_set(made):
    first, _, values = made
    protocol = protocol_of(made, Scenario.WITHIN)
    assert protocol.dataset is first
    for fold, expected in zip(
        protocol.folds, subject_folds(first.frames.subject, **values), strict=True
    ):
        for part in ("train", "validation", "test"):
            np.testing.assert_array_equal(getattr(fold, part), getattr(expected, part))


def test_both_has_a_part_for_each_pair_within_first():
    first, second = made_dataset("a", subjects=5), made_dataset("b", subjects=6, seed=1)
    protocol = make_protocol(first, second, ProtocolConfig(scenario=Scenario.BOTH, folds=2))
    pairs = [(part.trained_on, part.tested_on, part.folds) for part in protocol.parts]
    assert pairs == [
        ("a", "a", (0, 1)),
        ("b", "a", (2, 3)),
        ("b", "b", (2, 3)),
        ("a", "b", (0, 1)),
    ]
    assert protocol.fold_names == (
        "a fold 1 of 2",
        "a fold 2 of 2",
        "b fold 1 of 2",
        "b fold 2 of 2",
    )
    # A model of either data set is tested on the same people, so that columns can be compared.
    for one, other in ((0, 2), (1, 3)):
        np.testing.assert_array_equal(protocol.folds[one].test, protocol.folds[other].test)


def naive_rate(labels):
    known = [label for label in labels if label != 0]
    return sum(label == 1 for label in known) / len(known) if known else math.nan


@pytest.mark.parametrize("scenario", list(Scenario))
@given(made=settings())
def test_rare_are_aus_below_twelve_percent_in_either_data_set(scenario, made):
    datasets = {dataset.name: dataset for dataset in made[:2]}
    for part in protocol_of(made, scenario).parts:
        expected = []
        for column, au in enumerate((1, 4, 12)):
            for name in (part.trained_on, part.tested_on):
                rate = naive_rate(datasets[name].frames.labels[:, column].tolist())
                if rate < 0.12 and au not in expected:
                    expected.append(au)
        assert part.rare_aus == tuple(expected)


@pytest.mark.parametrize("scenario", [Scenario.BETWEEN, Scenario.BOTH])
def test_a_second_data_set_is_needed(scenario):
    with pytest.raises(ValueError, match="takes two data sets"):
        make_protocol(made_dataset("a", subjects=6), None, ProtocolConfig(scenario=scenario))


def test_too_few_people_in_the_second_data_set():
    first, second = made_dataset("a", subjects=6), made_dataset("b", subjects=2)
    with pytest.raises(InputError, match="2 subjects cannot be split into 3 folds"):
        make_protocol(first, second, ProtocolConfig(scenario=Scenario.BOTH, folds=3))


def test_published_folds_test_the_subjects_of_the_lists():
    names = [name for tested in PUBLISHED_FOLDS["bp4d"] for name in tested]
    dataset = made_dataset("bp4d", subjects=len(names))
    dataset = dataclasses.replace(
        dataset, frames=dataclasses.replace(dataset.frames, subjects=tuple(names))
    )
    protocol = make_protocol(dataset, None, ProtocolConfig(split=Split.PUBLISHED))
    for fold, listed in zip(protocol.folds, PUBLISHED_FOLDS["bp4d"], strict=True):
        assert {names[one] for one in dataset.frames.subject[fold.test]} == set(listed)
