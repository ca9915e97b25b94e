import dataclasses

import numpy as np

from au_jax.pipeline.analyses.drawn_people import drawn_test_people
from au_jax.settings import DataConfig, ProtocolConfig, Scenario, SyntheticConfig
from tests.made.folds import make_fold


def with_settings(run, **changes):
    return dataclasses.replace(run, experiment=dataclasses.replace(run.experiment, **changes))


def test_only_tested_people_are_drawn_and_by_their_seed(tmp_path):
    run = make_fold(tmp_path)
    tested = set(np.unique(run.dataset.frames.subject[run.fold.test]).tolist())
    people = drawn_test_people(run, 10)
    assert people == [(0, number) for number in sorted(tested)]
    assert len(drawn_test_people(run, 1)) == 1

    # Tested on another data set: its seed, and names after that of the data set.
    table = run.dataset.frames
    named = dataclasses.replace(table, subjects=tuple(f"gft_like/{s}" for s in table.subjects))
    other = dataclasses.replace(run, dataset=dataclasses.replace(run.dataset, frames=named))
    between = with_settings(
        other,
        protocol=ProtocolConfig(scenario=Scenario.BETWEEN),
        test_data=DataConfig(synthetic=SyntheticConfig(seed=7)),
    )
    assert drawn_test_people(between, 10) == [(7, number) for _, number in people]


def test_nobody_else_is_drawn(tmp_path):
    run = make_fold(tmp_path)
    assert not drawn_test_people(with_settings(run, data=DataConfig(name="bp4d")), 3)
    both = with_settings(run, protocol=ProtocolConfig(scenario=Scenario.BOTH))
    assert not drawn_test_people(both, 3)
