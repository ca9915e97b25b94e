"""The balance of the labels of a file or of a data set, from where they lie to the report."""

import dataclasses
from collections.abc import Sequence

import numpy as np
from etils import epath

from au_jax import facs
from au_jax.analysis.label_balance import LabelBalance, measure_label_balance
from au_jax.datasets.dataset import select_aus
from au_jax.datasets.prepared.finding import load_dataset
from au_jax.datasets.raw.multi_label_csv import MinusOne, MultiLabelTable, read_multi_label_csv
from au_jax.datasets.raw.synthetic import synthetic_labels
from au_jax.errors import InputError
from au_jax.reporting.balance.page import write_balance_report
from au_jax.reporting.balance.tables import balance_table, base_rate_table
from au_jax.reporting.tables import as_text
from au_jax.settings import Experiment, check_experiment


@dataclasses.dataclass(frozen=True)
class LabelFile:
    """A CSV file with labels, see `read_multi_label_csv`.

    Attributes:
        path: the file.
        label_columns: the columns that are labels; None for all that look like it.
        minus_one: what −1 means in it.
    """

    path: str
    label_columns: Sequence[str] | None = None
    minus_one: MinusOne | None = None


@dataclasses.dataclass(frozen=True)
class _Source:
    """Labels with what the report says of them."""

    title: str
    labels: np.ndarray
    names: tuple[str, ...]
    notes: tuple[str, ...] = ()


def run_label_balance(
    experiment: Experiment,
    *,
    data_dir: str,
    workdir: str,
    file: LabelFile | None = None,
) -> epath.Path:
    """Measure the balance of labels, print it, and return the path of the report page.

    A report that an earlier call left in `<workdir>/label_balance` is replaced.

    Args:
        experiment: gives the data set, its AUs, `cnn.batch_size`, `seed` and `sampling`.
        data_dir: folder of the prepared data sets.
        workdir: folder of all runs.
        file: labels to take instead of those of the data set.

    Raises:
        InputError: for settings or labels that cannot be used.
    """
    check_experiment(experiment)
    source = _from_file(file, experiment) if file else _from_dataset(experiment, data_dir)
    measured = _measure(source, experiment)
    notes = [*source.notes, *_sampling_notes(measured, experiment.sampling.draw_size)]
    directory = epath.Path(workdir) / experiment.name
    page = write_balance_report(directory, source.title, measured, notes)
    for note in notes:
        print(f"{note}\n")
    print(as_text(base_rate_table(measured.statistics)) + "\n")
    print(as_text(balance_table(measured)))
    return page


def _measure(source: _Source, experiment: Experiment) -> LabelBalance:
    batch_size, sampling = experiment.cnn.batch_size, experiment.sampling
    used = (source.labels != 0) if sampling.neutral else (source.labels > 0)
    drawn = int(used.any(axis=1).sum())
    if 0 < drawn < batch_size:
        what = "a known label" if sampling.neutral else "a label that is present"
        raise InputError(
            f"experiment.cnn.batch_size is {batch_size}, but {source.title} has {drawn} frames "
            f"with {what}, from which MOMU draws; choose 1 to {drawn} with "
            "--experiment.cnn.batch_size=…"
        )
    return measure_label_balance(
        source.labels,
        source.names,
        batch_size=batch_size,
        seed=experiment.seed,
        draw_size=sampling.draw_size,
        neutral=sampling.neutral,
    )


def _sampling_notes(measured: LabelBalance, draw_size: int) -> list[str]:
    """Return what of the labels is in the way of the strategies."""
    notes, never = [], measured.statistics.never_present
    if never:
        notes.append(f"Never present, so that no strategy can sample for them: {_listed(never)}.")
    sampled = len(measured.statistics.names) - len(never)
    if draw_size * sampled > measured.batch_size:
        notes.append(
            f"MOMU draws {draw_size} frames at a time, so that a batch of {measured.batch_size} "
            f"has no room for a draw for each of {sampled} labels. A larger "
            "experiment.cnn.batch_size or a smaller experiment.sampling.draw_size balances better."
        )
    return notes


def _from_file(file: LabelFile, experiment: Experiment) -> _Source:
    if experiment.aus:
        raise InputError(
            f"experiment.aus is {experiment.aus}, but it chooses among AUs of data sets; choose "
            "columns of a file with --label_columns=…"
        )
    table = read_multi_label_csv(
        file.path, label_columns=file.label_columns, minus_one=file.minus_one
    )
    return _Source(epath.Path(file.path).name, table.labels, table.names, _left_out(table))


def _left_out(table: MultiLabelTable) -> tuple[str, ...]:
    if not table.left_out:
        return ()
    columns = [f"{name} ({reason})" for name, reason in table.left_out.items()]
    return (f"Not labels, and left out: {_listed(columns)}.",)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")


def _from_dataset(experiment: Experiment, data_dir: str) -> _Source:
    if experiment.data.is_drawn:
        return _from_built_in_faces(experiment)
    dataset = load_dataset(experiment.data.name, data_dir)
    if experiment.aus:
        dataset = select_aus(dataset, experiment.aus)
    return _Source(dataset.name, dataset.frames.labels, _column_names(dataset.aus))


def _from_built_in_faces(experiment: Experiment) -> _Source:
    aus = experiment.aus or facs.PAPER_AUS
    lacking = [au for au in aus if au not in facs.PAPER_AUS]
    if lacking:
        raise InputError(
            f"the built-in faces have no labels of AU {', '.join(map(str, lacking))}; they have "
            f"AU {', '.join(map(str, facs.PAPER_AUS))}. Choose among these"
        )
    labels = synthetic_labels(experiment.data.synthetic)[
        :, [facs.PAPER_AUS.index(au) for au in aus]
    ]
    return _Source(
        f"built-in faces, {experiment.data.synthetic.preset.value}",
        labels,
        _column_names(aus),
        ("The labels are simulated by the program; they are not those of people.",),
    )


def _column_names(aus: Sequence[int]) -> tuple[str, ...]:
    return tuple(facs.column_name(au) for au in aus)
