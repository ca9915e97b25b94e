"""Settings of the data: which set, its protocol, and what the built-in faces are like."""

import dataclasses

from au_jax.settings.choices import PresetName, Scenario, Split
from au_jax.settings.fields import NOT_NEGATIVE, PART, POSITIVE, at_least, bounded, require

SYNTHETIC = "synthetic"
"""The name of the data set that this program draws: the built-in faces."""


@dataclasses.dataclass(kw_only=True, unsafe_hash=True)
class SyntheticConfig:
    """The built-in faces."""

    preset: PresetName = PresetName.BP4D_LIKE
    subjects: int = bounded(24, POSITIVE)
    recordings_per_subject: int = bounded(2, POSITIVE)
    seconds: float = bounded(20.0, POSITIVE)
    """Length of a recording."""
    frames_per_second: int | None = bounded(None, POSITIVE)
    """None takes the preset's. Fewer give more behaviour for the same time of rendering."""
    face_size: int = bounded(100, at_least(32, "px"))
    """Height and width of a face in pixels."""
    seed: int = bounded(0, NOT_NEGATIVE)


@dataclasses.dataclass(kw_only=True, unsafe_hash=True)
class DataConfig:
    """A data set."""

    name: str = SYNTHETIC
    """`synthetic` for the built-in faces, or the name of a prepared data set."""
    synthetic: SyntheticConfig = dataclasses.field(default_factory=SyntheticConfig)
    """What the built-in faces are like."""

    @property
    def is_drawn(self) -> bool:
        """Whether it is the built-in faces."""
        return self.name == SYNTHETIC


def no_data() -> DataConfig:
    """Return the settings where there is no such data set."""
    return DataConfig(name="")


@dataclasses.dataclass(kw_only=True, unsafe_hash=True)
class ProtocolConfig:
    """Subject-exclusive cross-validation (paper, section 4.2)."""

    scenario: Scenario = Scenario.WITHIN
    split: Split = Split.DRAWN
    folds: int = bounded(3, at_least(2))
    validation_share: float = bounded(0.2, PART)
    """Share of the training subjects that selects models and schedules, and is not trained on."""
    seed: int = bounded(0, NOT_NEGATIVE)

    def check(self, path: str) -> None:
        """Check that the published subject lists have so many folds."""
        if self.split is Split.PUBLISHED:
            allowed = f"3 with {path}split=published"
            require(self.folds == 3, f"{path}folds", self.folds, allowed)


@dataclasses.dataclass(kw_only=True, unsafe_hash=True)
class PretrainingConfig:
    """Training of the CNN on other data, by default built-in faces, before it sees the data set.

    Not in the paper, which trains from scratch: with the few people of one's own videos, a network
    that knows drawn faces is a far better start than noise.
    """

    steps: int = bounded(0, NOT_NEGATIVE)
    """0 starts from scratch."""
    learning_rate: float = bounded(1e-2, POSITIVE)
    data: DataConfig = dataclasses.field(default_factory=DataConfig)
