"""A model to keep: one detector, trained on all subjects of an experiment."""

from collections.abc import Sequence

from etils import epath

from au_jax.detector.detector import PREFERRED, Detector
from au_jax.errors import InputError
from au_jax.methods.always_present import ALWAYS_PRESENT
from au_jax.methods.registry import resolve
from au_jax.methods.running import FoldMethods
from au_jax.pipeline.opening import open_experiment
from au_jax.settings import Experiment


def train_final(
    experiment: Experiment,
    *,
    data_dir: str,
    workdir: str,
    methods: Sequence[str] | None = None,
    loader_workers: int = 0,
) -> epath.Path:
    """Train a detector on all subjects but those that validate; the folds say how good it is.

    Args:
        experiment: what to train.
        data_dir: folder of the prepared data sets.
        workdir: folder of all runs.
        methods: what to train, the one to keep first; None takes the first of the experiment's
            methods in the order of `PREFERRED`.
        loader_workers: processes that read faces for training; never changes results.

    Returns:
        the folder of the detector, which holds all it needs and can be copied.

    Raises:
        InputError: for settings, data or a work directory that cannot be used, or a method that
            cannot be applied to other people.
    """
    wanted = tuple(methods) if methods else _preferred(experiment)
    for name in wanted:
        if resolve(name, experiment).method.fit is None:
            raise InputError(
                f"--methods has {name}, which adapts to the people who are tested: nothing of it "
                f"can be kept for others; choose of {', '.join(_lasting(experiment))}"
            )
    opened = open_experiment(
        experiment,
        data_dir=data_dir,
        workdir=workdir,
        methods=wanted,
        loader_workers=loader_workers,
    )
    part = opened.on_all_subjects()
    trained = FoldMethods(part, opened.methods)
    for name in opened.methods:
        if name == ALWAYS_PRESENT.name:
            continue
        trained.calibrated(name)
    Detector.load(part.directory, wanted[0]).save(opened.run.detector)
    return opened.run.detector


def _lasting(experiment: Experiment) -> list[str]:
    """Return the experiment's methods that can be applied to other people."""
    return [name for name in experiment.methods if resolve(name, experiment).method.fit is not None]


def _preferred(experiment: Experiment) -> tuple[str]:
    lasting = _lasting(experiment)
    for name in (*PREFERRED, *lasting):
        if name in lasting and name != ALWAYS_PRESENT.name:
            return (name,)
    raise InputError(
        f"none of the methods {', '.join(experiment.methods)} can be applied to other people; "
        f"name one with --methods, such as {PREFERRED[0]}"
    )
