"""Settings of the three networks: what each is, what it sees, and how it is trained.

The defaults are those of the paper at full size; BUILD_NOTES.md gives the reasons where it is
silent.
"""

import dataclasses

from au_jax.settings.choices import (
    ComputeDtype,
    Initialisation,
    MomuRestore,
    MomuTies,
    PoolMode,
    Reduction,
    SamplingStrategy,
)
from au_jax.settings.fields import (
    NOT_NEGATIVE,
    POSITIVE,
    RATE,
    SHARE,
    Bounds,
    at_least,
    bounded,
    one_of,
    require,
)

_NAMES = Bounds(
    lambda names: bool(names) and len(set(names)) == len(names), "one or more names, each once"
)


@dataclasses.dataclass(kw_only=True, unsafe_hash=True)
class AlexNetConfig:
    """The multi-label AlexNet (paper, section 3.1)."""

    width: float = bounded(1.0, POSITIVE)
    """Factor on all numbers of channels (rounded to multiples of `groups`) and of hidden units; 1
    is the network of the paper."""
    groups: int = bounded(2, one_of(1, 2))
    """Channel groups of conv2, conv4 and conv5."""
    stride1: int = bounded(4, POSITIVE)
    """Stride of conv1 in pixels."""
    pool_mode: PoolMode = PoolMode.CEIL
    local_response_norm: bool = True
    """Normalise after pool1 and pool2."""
    dropout: float = bounded(0.5, RATE)
    """Rate after fc6 and after fc7."""
    initialisation: Initialisation = Initialisation.CAFFE
    compute_dtype: ComputeDtype = ComputeDtype.FLOAT32
    """Of the computation; parameters and outputs are float32."""


@dataclasses.dataclass(kw_only=True, unsafe_hash=True)
class FaceInputConfig:
    """How stored faces become the input of the CNN."""

    face_size: int = bounded(200, at_least(32, "px"))
    """Faces of another size are resized to this height and width in pixels."""
    crop: int = bounded(176, at_least(24, "px"))
    """Height and width of the network's input in pixels."""
    local_contrast: bool = False
    """Make faces grey and normalise their local contrast before the mean image is subtracted.

    Not in the paper; with few subjects it keeps skin tone and light from standing in for people.
    """
    pixel_scale: float = bounded(1.0, POSITIVE)
    """Factor on mean-subtracted values; `HE` wants an input of about unit size."""
    average_mirrored: bool = False
    """Average logits and features over a face and its mirror image when faces are scored."""

    def check(self, path: str) -> None:
        """Check that the crop fits into the face."""
        allowed = f"24 px to {path}face_size ({self.face_size} px)"
        require(self.crop <= self.face_size, f"{path}crop", self.crop, allowed)


@dataclasses.dataclass(kw_only=True, unsafe_hash=True)
class AugmentationConfig:
    """Random changes of a training face, beside the crop. Zero switches a change off."""

    flip: bool = True
    rotation: float = bounded(0.0, NOT_NEGATIVE)
    """Largest rotation in degrees."""
    scale: float = bounded(0.0, RATE)
    """Largest relative change of size."""
    brightness: float = bounded(0.0, NOT_NEGATIVE)
    """Largest shift, as a share of the range of grey levels."""
    contrast: float = bounded(0.0, NOT_NEGATIVE)
    """Largest relative change of contrast and, independently, of each colour channel."""


@dataclasses.dataclass(kw_only=True, unsafe_hash=True)
class SgdConfig:
    """Stochastic gradient descent with momentum, its schedule, and weight decay of kernels."""

    learning_rate: float = bounded(1e-3, POSITIVE)
    momentum: float = bounded(0.9, RATE)
    weight_decay: float = bounded(5e-4, NOT_NEGATIVE)
    warm_up_steps: int = bounded(0, NOT_NEGATIVE)
    """First steps, over which the learning rate rises linearly to its value."""
    cosine_decay: bool = False
    """Let the learning rate fall along half a cosine to zero at the last step."""
    plateau_factor: float = bounded(0.1, RATE)
    """Factor on the learning rate when the validation loss stops falling."""
    plateau_patience: int = bounded(4, NOT_NEGATIVE)
    """Evaluations without a lower validation loss before the factor is applied."""


@dataclasses.dataclass(kw_only=True, unsafe_hash=True)
class CnnConfig:
    """The frame-wise network (paper, sections 3.1 and 4.2)."""

    network: AlexNetConfig = dataclasses.field(default_factory=AlexNetConfig)
    input: FaceInputConfig = dataclasses.field(default_factory=FaceInputConfig)
    augmentation: AugmentationConfig = dataclasses.field(default_factory=AugmentationConfig)
    optimizer: SgdConfig = dataclasses.field(default_factory=SgdConfig)
    reduction: Reduction = Reduction.SUM_AUS
    batch_size: int = bounded(196, POSITIVE)
    steps: int = bounded(8000, POSITIVE)
    evaluate_every: int = bounded(250, POSITIVE)
    """Steps between evaluations on the validation subjects; each also saves a checkpoint."""
    evaluation_frames: int = bounded(10_000, POSITIVE)
    """Most validation frames of an evaluation; of more, evenly spaced ones are taken."""
    training_f1_frames: int = bounded(0, NOT_NEGATIVE)
    """Evenly spaced training frames whose F1 is logged at each evaluation; 0 logs none."""
    shuffled_labels: bool = False
    """Deal the labels of the training frames out anew among them, and those of the validation
    frames likewise: a control that learns from faces and base rates, but nothing about AUs."""


@dataclasses.dataclass(kw_only=True, unsafe_hash=True)
class SamplingConfig:
    """The frames of a CNN batch (paper, section 5)."""

    strategy: SamplingStrategy = SamplingStrategy.RANDOM
    draw_size: int = bounded(8, POSITIVE)
    """Frames that MOMU draws at a time for the AU that is rarest in the batch so far, S."""
    restore: MomuRestore = MomuRestore.EARLIER_BATCHES
    ties: MomuTies = MomuTies.RAREST
    neutral: bool = False
    """Treat frames without any AU as a class of their own."""


@dataclasses.dataclass(kw_only=True, unsafe_hash=True)
class StackedLstmConfig:
    """Stacked LSTMs with a tanh output for each AU (paper, section 3.2)."""

    layers: int = bounded(3, POSITIVE)
    cells: int = bounded(256, POSITIVE)
    """Memory cells of each layer."""
    dropout: float = bounded(0.5, RATE)
    """Rate on the inputs, between layers and before the output, drawn afresh for every step; the
    recurrent state is never dropped."""
    compute_dtype: ComputeDtype = ComputeDtype.FLOAT32
    """Of the computation; parameters and scores are float32."""


@dataclasses.dataclass(kw_only=True, unsafe_hash=True)
class WindowConfig:
    """The training subsequences of the LSTM (paper, section 4.2)."""

    window: int = bounded(1300, POSITIVE)
    """Frames of a training subsequence."""
    batch_size: int = bounded(10, POSITIVE)
    """Subsequences of one update."""
    warm_up: int = bounded(10, NOT_NEGATIVE)
    """First frames of a subsequence that do not count in the loss."""
    min_active_aus: float = bounded(1.5, NOT_NEGATIVE)
    """Subsequences with fewer active AUs per frame are drawn anew."""
    reset_at_recordings: bool = True
    """Zero the state where a recording begins in a training subsequence."""

    def check(self, path: str) -> None:
        """Check that some frames count."""
        allowed = f"0 to below {path}window ({self.window})"
        require(self.warm_up < self.window, f"{path}warm_up", self.warm_up, allowed)


@dataclasses.dataclass(kw_only=True, unsafe_hash=True)
class RmsPropConfig:
    """RMSProp as char-rnn trains stacked LSTMs, with its schedule."""

    learning_rate: float = bounded(1e-3, POSITIVE)
    rms_decay: float = bounded(0.95, RATE)
    momentum: float = bounded(0.0, RATE)
    learning_rate_decay: float = bounded(0.97, POSITIVE)
    """Factor on the learning rate for each epoch after `decay_after_epochs`."""
    decay_after_epochs: int = bounded(10, NOT_NEGATIVE)
    gradient_clip: float = bounded(5.0, POSITIVE)
    """Bound on the absolute value of each element of the gradient."""


@dataclasses.dataclass(kw_only=True, unsafe_hash=True)
class HingeConfig:
    """The maximal-margin loss of section 3.2."""

    margin: float = bounded(0.5, POSITIVE)
    gradient_threshold: float | None = bounded(None, POSITIVE)
    """Pass the gradient while label · score is below this; None: below `margin`. The paper prints
    1, which scores in (-1, 1) never reach."""


@dataclasses.dataclass(kw_only=True, unsafe_hash=True)
class LstmConfig:
    """The stacked LSTM on PCA-reduced features of the CNN (paper, sections 3.2 and 4.2)."""

    pca_components: int = bounded(1024, POSITIVE)
    network: StackedLstmConfig = dataclasses.field(default_factory=StackedLstmConfig)
    windows: WindowConfig = dataclasses.field(default_factory=WindowConfig)
    loss: HingeConfig = dataclasses.field(default_factory=HingeConfig)
    optimizer: RmsPropConfig = dataclasses.field(default_factory=RmsPropConfig)
    steps: int = bounded(1000, POSITIVE)
    evaluate_every: int = bounded(25, POSITIVE)


@dataclasses.dataclass(kw_only=True, unsafe_hash=True)
class FusionHeadConfig:
    """Two fully connected layers on the outputs of CNN and LSTM (paper, section 3.3)."""

    hidden: int = bounded(64, POSITIVE)
    """Units of the first layer."""
    normalise_scores: bool = True
    """Divide each network's vector by its L2 norm first, so that neither outweighs the other."""
    mean_scale: float = bounded(0.0, NOT_NEGATIVE)
    """Above 0, learn a correction of this multiple of the mean score. 0 as the paper."""
    lstm_share: float = bounded(0.5, SHARE)
    """Share of the LSTM in that mean."""
    compute_dtype: ComputeDtype = ComputeDtype.FLOAT32
    """Of the computation; parameters and logits are float32."""


@dataclasses.dataclass(kw_only=True, unsafe_hash=True)
class FusionConfig:
    """The fusion network and its training, and what `ensemble` joins."""

    inputs: tuple[str, ...] = bounded(("jpml", "svm", "hybrid"), _NAMES)
    """Methods whose scores `ensemble` averages."""
    network: FusionHeadConfig = dataclasses.field(default_factory=FusionHeadConfig)
    batch_size: int = bounded(1024, POSITIVE)
    learning_rate: float = bounded(1e-3, POSITIVE)
    steps: int = bounded(2000, POSITIVE)
    evaluate_every: int = bounded(100, POSITIVE)
