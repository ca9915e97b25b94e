"""The built-in people whom a fold tests."""

import numpy as np

from au_jax.datasets.row_selection import evenly_spaced
from au_jax.methods.method import FoldRun
from au_jax.settings import Scenario


def drawn_test_people(run: FoldRun, count: int) -> list[tuple[int, int]]:
    """Return seed and number of some tested people that this program draws.

    Args:
        run: the fold.
        count: at most so many, spread over all that are tested.

    Returns:
        nothing if they are not built-in ones, or are of two data sets.
    """
    experiment = run.experiment
    tested = {Scenario.WITHIN: experiment.data, Scenario.BETWEEN: experiment.test_data}
    data = tested.get(experiment.protocol.scenario)
    if data is None or not data.is_drawn:
        return []
    table = run.dataset.frames
    subjects = evenly_spaced(np.unique(table.subject[run.fold.test]), count)
    # Names end in `s012`, after that of the data set where two are joined.
    names = [table.subjects[subject].rpartition("/")[2] for subject in subjects]
    return [(data.synthetic.seed, int(name.removeprefix("s"))) for name in names]
