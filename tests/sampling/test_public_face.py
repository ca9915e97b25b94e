"""What users of the samplers import, without faces."""

import subprocess
import sys
import textwrap

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from au_jax import sampling
from au_jax.errors import InputError
from au_jax.settings import SamplingStrategy


def test_grain_is_imported_only_for_what_needs_it():
    code = """
        import sys
        from au_jax import sampling
        assert "grain" not in sys.modules and "jax" not in sys.modules
        for name in sampling.__all__:
            assert getattr(sampling, name) is not None
        assert "grain" in sys.modules
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True)
    with pytest.raises(AttributeError, match="no attribute 'forest'"):
        _ = sampling.forest  # pyright: ignore[reportAttributeAccessIssue]


def test_the_example_of_the_package_runs_and_makes_a_rare_label_less_rare(capsys):
    text = sampling.__doc__ or ""
    code = textwrap.dedent(text[text.index("    import grain") :])
    names = {}
    exec(compile(code, "example", "exec"), names)
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 10
    rates = np.array([np.array(line.strip("[]").split(), float) for line in printed])
    present = names["present"]
    assert rates.shape == (10, 5) and present[:, 4].mean() < 0.02
    assert rates[:, 4].min() > 0.1


def test_there_is_a_plan_for_every_strategy():
    assert list(sampling.STRATEGIES) == [strategy.value for strategy in SamplingStrategy]
    labels = np.random.default_rng(0).choice(np.array([-1, 1], np.int8), (50, 3))
    for strategy in SamplingStrategy:
        by_name, by_choice = (
            sampling.plan_for(name, labels, 8, seed=1)[5] for name in (strategy.value, strategy)
        )
        np.testing.assert_array_equal(by_name, by_choice)


BINARY = npst.arrays(
    np.float64, st.tuples(st.integers(1, 6), st.integers(1, 4)), elements=st.sampled_from([0, 1])
)


@given(present=BINARY)
def test_binary_labels_become_those_of_plans(present):
    for values in (present, present.astype(bool), present.astype(int).tolist()):
        labels = sampling.labels_from_binary(values)
        assert labels.dtype == np.int8
        np.testing.assert_array_equal(labels > 0, present == 1)
        np.testing.assert_array_equal(labels < 0, present == 0)


def test_unknown_labels_become_missing_and_others_are_refused():
    assert sampling.labels_from_binary([[1, np.nan, 0]]).tolist() == [[1, 0, -1]]
    with pytest.raises(InputError, match="3 is neither 1"):
        sampling.labels_from_binary([[1, 3]])


@pytest.mark.parametrize("strategy", SamplingStrategy)
@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.full((9, 2), 2, np.int8), "range from 2 to 2; give"),
        (np.full((9, 2), np.nan), "labels are float64 .*labels_from_binary"),
        (np.ones((9, 2), bool), "labels are bool .*labels_from_binary"),
        (np.ones((9, 2), np.int64), "labels are int64 .*labels_from_binary"),
        (np.zeros((9, 2), np.int8), "has a label|no AU is present"),
    ],
)
def test_labels_that_no_plan_can_use_are_named(strategy, labels, message):
    with pytest.raises(InputError, match=message):
        sampling.plan_for(strategy, labels, 4, seed=0)
    with pytest.raises(ValueError, match=message):
        sampling.plan_for(strategy, labels, 4, seed=0)
