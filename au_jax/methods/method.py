"""What a method is: how it fits on a fold, and what it builds on."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from etils import epath

from au_jax.datasets.dataset import Dataset
from au_jax.detector.block import Block, Outputs
from au_jax.protocol.folds import Fold
from au_jax.runs.layout import MethodFolder
from au_jax.settings import Experiment, LossWeighting
from au_jax.training.losses import balanced_class_weights

PRETRAINING, TRANSFER = "pretraining", "transfer"
"""The other data that the CNN of a method may be trained on, beside those of the fold."""


@dataclasses.dataclass(frozen=True)
class FoldRun:
    """One fold of an experiment: the data, the settings, and the folder to leave results in.

    Attributes:
        experiment: the settings; those of a variant while its method fits.
        dataset: the data set with the experiment's AUs.
        fold: its training, validation and test frames.
        number: which fold it is, from 0.
        directory: `<workdir>/<experiment>/fold_<number>`; each method has a folder in it.
        name: what progress bars call it, for example `fold 1 of 3`.
        other: where the CNN is trained on other data, by `PRETRAINING` or `TRANSFER`.
        loader_workers: processes that read faces for training; never changes results.
    """

    experiment: Experiment
    dataset: Dataset
    fold: Fold
    number: int
    directory: epath.Path
    name: str
    other: "Mapping[str, FoldRun]" = dataclasses.field(default_factory=dict)
    loader_workers: int = 0

    def class_weights(self) -> np.ndarray:
        """Return the weights of absent and present labels in the losses, float32 `[2, aus]`."""
        labels = self.dataset.frames.labels[self.fold.train]
        if self.experiment.loss_weighting is LossWeighting.BALANCED:
            return balanced_class_weights(labels)
        return np.ones((2, labels.shape[1]), np.float32)

    def seed(self, purpose: int) -> int:
        """Return a seed that belongs to the experiment's seed, this fold and a purpose."""
        sequence = np.random.SeedSequence((self.experiment.seed, self.number, purpose))
        return int(sequence.generate_state(1)[0])


@dataclasses.dataclass(frozen=True)
class Fitted:
    """What a method left of a fold for those that build on it.

    Attributes:
        block: the trained models.
        aus: the AUs of its scores.
        outputs: gives the outputs of every row of the fold's frames table; computed once.
        in_training: the same for those who learn from them: of training people as of strangers,
            where the experiment cross-fits, see `methods.cross_fitting`.
    """

    block: Block
    aus: tuple[int, ...]
    outputs: Callable[[], Outputs]
    in_training: Callable[[], Outputs]


@dataclasses.dataclass(frozen=True)
class Task:
    """A method at work on a fold.

    Attributes:
        run: the fold, with the settings of the method or of its variant.
        name: the method or variant, as in tables.
        folder: where it leaves what it trains, and goes on from what a stopped run left.
        inputs: what it builds on, in the order of `Method.builds_on`; without other data that the
            experiment does not have.
    """

    run: FoldRun
    name: str
    folder: MethodFolder
    inputs: Sequence[Fitted] = ()

    @property
    def title(self) -> str:
        """What progress bars call it."""
        return f"{self.run.name} {self.name}"


@dataclasses.dataclass(frozen=True)
class Source:
    """Something that a method builds on.

    Attributes:
        method: the method whose outputs or parameters it takes.
        data: empty for the same fold, or the other data that the method is trained on.
        optional: whether it does without where an experiment has no such data.
    """

    method: str
    data: str = ""
    optional: bool = False


Fit = Callable[[Task], Block]
Adapt = Callable[[Task], np.ndarray]


@dataclasses.dataclass(frozen=True)
class Method:
    """A detector under a name: fit on the training subjects, then apply to anybody.

    Attributes:
        name: as in tables and folders.
        fit: trains and returns the models that score; None for a method that adapts.
        adapt: for a method that learns from the tested frames themselves, which cannot be applied
            without them: returns scores of the test frames, float32 `[test, aus]`, decision at 0.
        builds_on: what must be there before.
        chosen_inputs: where the settings say what it builds on: returns that, which takes the place
            of `builds_on`.
        sections: the parts of an experiment that it reads itself, which its variants may change.
        cross_fits: whether others learn from its outputs of training people, so that these may be
            cross-fitted.
        shared: whether what it leaves is the same for all folds, and lies beside them.
    """

    name: str
    fit: Fit | None = None
    adapt: Adapt | None = None
    builds_on: tuple[Source, ...] = ()
    chosen_inputs: Callable[[Experiment], tuple[Source, ...]] | None = None
    sections: tuple[str, ...] = ()
    cross_fits: bool = False
    shared: bool = False
