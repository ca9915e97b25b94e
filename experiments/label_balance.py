"""How unbalanced labels are, and what the sampling strategies make of them (Fig. 5 and Fig. 6).

    python -m au_jax.label_balance
    python -m au_jax.label_balance --dataset=NAME --data_dir=DATA
    python -m au_jax.label_balance --labels=FILE.csv
    python -m au_jax.main --experiment=label_balance

The first takes simulated labels, as many as BP4D has; the second those of a prepared data set; the
third those of any CSV file, of faces or not: columns of 1 (present), 0 (absent) and 9 or nothing
(missing) are labels, others are left out. The last is the first by another name. Nothing is
trained. The settings that matter are `cnn.batch_size`, `seed`, `sampling.draw_size` and
`sampling.neutral`. On two CPU cores the first takes seven seconds, a file of a million rows and
twelve labels a quarter of a minute.
"""

from au_jax.settings import DataConfig, Experiment, SyntheticConfig


def experiment() -> Experiment:
    """Return the experiment."""
    return Experiment(
        aus=(),
        methods=(),
        data=DataConfig(
            synthetic=SyntheticConfig(subjects=41, recordings_per_subject=8, seconds=18.5)
        ),
    )
