"""The experiment: which data, which protocol, which methods, which hyper-parameters.

The defaults are the full-size settings of Chu, De la Torre and Cohn 2018 ("the paper"); where the
paper is silent, BUILD_NOTES.md gives the reason of the value. An experiment holds no paths.

The classes are plain dataclasses, because command-line overrides assign to their fields; nothing
assigns to them after `config_checks.check_experiment`.
"""

import dataclasses

from au_jax import facs
from au_jax.settings.choices import (
    Initialisation,
    LossWeighting,
    PoolMode,
    Preset,
    Reduction,
    SamplingStrategy,
    Scenario,
    Split,
)
from au_jax.settings.competitors import CpmConfig, FeatureConfig, JpmlConfig, SvmConfig
from au_jax.settings.tree import leaves


@dataclasses.dataclass(kw_only=True)
class SyntheticConfig:
    """The built-in faces; used when the data set is called `synthetic`."""

    preset: Preset = Preset.BP4D_LIKE
    subjects: int = 24
    recordings_per_subject: int = 2
    seconds: float = 20.0
    """Length of a recording."""
    frames_per_second: int | None = None
    """None takes the preset's. Fewer give more behaviour for the same time of rendering."""
    face_size: int = 100
    """Height and width of a face in pixels."""
    seed: int = 0


@dataclasses.dataclass(kw_only=True)
class ProtocolConfig:
    """Subject-exclusive cross-validation (paper, section 4.2)."""

    scenario: Scenario = Scenario.WITHIN
    split: Split = Split.DRAWN
    folds: int = 3
    validation_share: float = 0.2
    """Share of the training subjects that selects models and schedules, and is not trained on."""
    seed: int = 0


@dataclasses.dataclass(kw_only=True)
class SamplingConfig:
    """The frames of a CNN batch (paper, section 5)."""

    strategy: SamplingStrategy = SamplingStrategy.RANDOM
    draw_size: int = 8
    """Frames that MOMU draws at a time for the AU that is rarest in the batch so far, S."""
    neutral: bool = False
    """Treat frames without any AU as a class of their own."""


@dataclasses.dataclass(kw_only=True)
class AugmentationConfig:
    """Random changes of a training face, beside the crop. Zero switches a change off."""

    flip: bool = True
    rotation: float = 0.0
    """Largest rotation in degrees."""
    scale: float = 0.0
    """Largest relative change of size."""
    brightness: float = 0.0
    """Largest shift, as a share of the range of grey levels."""
    contrast: float = 0.0
    """Largest relative change of contrast and, independently, of each colour channel."""


@dataclasses.dataclass(kw_only=True)
class CnnConfig:
    """The multi-label CNN: an AlexNet for 176×176 crops (paper, sections 3.1 and 4.2)."""

    width: float = 1.0
    groups: int = 2
    stride1: int = 4
    pool_mode: PoolMode = PoolMode.CEIL
    local_response_norm: bool = True
    dropout: float = 0.5
    initialisation: Initialisation = Initialisation.CAFFE
    face_size: int = 200
    """Faces of another size are resized to this height and width in pixels."""
    crop: int = 176
    """Height and width of the network's input in pixels."""
    local_contrast: bool = False
    """Make faces grey and normalise their local contrast before the mean image is subtracted.

    Not in the paper; with few subjects it keeps skin tone and light from standing in for people.
    """
    average_mirrored: bool = False
    """Average logits and fc7 over a face and its mirror image when faces are scored."""
    pixel_scale: float = 1.0
    """Factor on mean-subtracted values; `HE` wants an input of about unit size."""
    augmentation: AugmentationConfig = dataclasses.field(default_factory=AugmentationConfig)
    reduction: Reduction = Reduction.SUM_AUS
    batch_size: int = 196
    learning_rate: float = 1e-3
    momentum: float = 0.9
    weight_decay: float = 5e-4
    warm_up_steps: int = 0
    """First steps, over which the learning rate rises linearly to its value."""
    cosine_decay: bool = False
    """Let the learning rate fall along half a cosine to zero at the last step."""
    plateau_factor: float = 0.1
    """Factor on the learning rate when the validation loss stops falling."""
    plateau_patience: int = 4
    """Evaluations without a lower validation loss before the factor is applied."""
    steps: int = 8000
    evaluate_every: int = 250
    """Steps between evaluations on the validation subjects; each also saves a checkpoint."""
    evaluation_frames: int = 10_000
    """Most validation frames of an evaluation; of more, evenly spaced ones are taken."""
    training_f1_frames: int = 0
    """Evenly spaced training frames whose F1 is logged at each evaluation; 0 logs none."""


@dataclasses.dataclass(kw_only=True)
class PretrainingConfig:
    """Training of the CNN on built-in faces before it sees those of the data set.

    Not in the paper, which trains from scratch: with the few people of one's own videos, a network
    that knows drawn faces is a far better start than noise.
    """

    steps: int = 0
    """0 starts from scratch."""
    learning_rate: float = 1e-2
    synthetic: SyntheticConfig = dataclasses.field(default_factory=SyntheticConfig)


@dataclasses.dataclass(kw_only=True)
class LstmConfig:
    """The stacked LSTM on PCA-reduced fc7 features (paper, sections 3.2 and 4.2)."""

    pca_components: int = 1024
    layers: int = 3
    cells: int = 256
    dropout: float = 0.5
    margin: float = 0.5
    gradient_threshold: float | None = None
    """Pass the gradient while label · score is below this; None: below `margin`. The paper prints
    1, which scores in (-1, 1) never reach."""
    reset_at_recordings: bool = True
    """Zero the state where a recording begins in a training subsequence."""
    window: int = 1300
    """Frames of a training subsequence."""
    batch_size: int = 10
    """Subsequences of one update."""
    warm_up: int = 10
    """First frames of a subsequence that do not count in the loss."""
    min_active_aus: float = 1.5
    """Subsequences with fewer active AUs per frame are drawn anew."""
    learning_rate: float = 1e-3
    rms_decay: float = 0.95
    momentum: float = 0.0
    learning_rate_decay: float = 0.97
    """Factor on the learning rate for each epoch after `decay_after_epochs`."""
    decay_after_epochs: int = 10
    gradient_clip: float = 5.0
    """Bound on the absolute value of each element of the gradient."""
    steps: int = 1000
    evaluate_every: int = 25


@dataclasses.dataclass(kw_only=True)
class FusionConfig:
    """The fusion network on the scores of CNN and LSTM (paper, section 3.3)."""

    hidden: int = 64
    normalise_scores: bool = True
    mean_scale: float = 0.0
    """Above 0, learn a correction of this multiple of the mean score. 0 as the paper."""
    lstm_share: float = 0.5
    """Share of the LSTM in that mean."""
    batch_size: int = 1024
    learning_rate: float = 1e-3
    steps: int = 2000
    evaluate_every: int = 100


@dataclasses.dataclass(kw_only=True)
class Experiment:
    """Everything that decides the result of a run, given the data."""

    name: str = ""
    dataset: str = "synthetic"
    """`synthetic`, or the name of a prepared data set."""
    test_dataset: str = ""
    """The other data set of the scenarios `BETWEEN` and `BOTH`."""
    aus: tuple[int, ...] = facs.PAPER_AUS
    """AUs to detect; an empty tuple takes all that every data set is coded for."""
    methods: tuple[str, ...] = ("cnn", "lstm", "hybrid")
    seed: int = 0
    """Seed of initialisation, sampling and dropout."""
    loss_weighting: LossWeighting = LossWeighting.NONE
    """Weights of the labels in the losses of all stages; shares are those of training subjects. The
    CNN's loss stays unweighted where `sampling.strategy` balances its batches already."""
    synthetic: SyntheticConfig = dataclasses.field(default_factory=SyntheticConfig)
    test_synthetic: SyntheticConfig = dataclasses.field(default_factory=SyntheticConfig)
    """The built-in faces of `test_dataset=synthetic`."""
    transfer_dataset: str = ""
    """The data set that the CNN of the method `anet_t` is trained on; empty takes the built-in
    faces of `pretraining`."""
    transfer_synthetic: SyntheticConfig = dataclasses.field(default_factory=SyntheticConfig)
    """The built-in faces of `transfer_dataset=synthetic`."""
    protocol: ProtocolConfig = dataclasses.field(default_factory=ProtocolConfig)
    pretraining: PretrainingConfig = dataclasses.field(default_factory=PretrainingConfig)
    sampling: SamplingConfig = dataclasses.field(default_factory=SamplingConfig)
    cnn: CnnConfig = dataclasses.field(default_factory=CnnConfig)
    lstm: LstmConfig = dataclasses.field(default_factory=LstmConfig)
    fusion: FusionConfig = dataclasses.field(default_factory=FusionConfig)
    features: FeatureConfig = dataclasses.field(default_factory=FeatureConfig)
    svm: SvmConfig = dataclasses.field(default_factory=SvmConfig)
    cpm: CpmConfig = dataclasses.field(default_factory=CpmConfig)
    jpml: JpmlConfig = dataclasses.field(default_factory=JpmlConfig)


def setting_names() -> list[str]:
    """Return the paths of all settings, such as `cnn.learning_rate`."""
    return list(leaves(dataclasses.asdict(Experiment())))
