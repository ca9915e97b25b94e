"""The settings that are a choice between words."""

import enum


class PoolMode(enum.Enum):
    """How pooling treats a window that sticks out: Caffe rounds up, most libraries down."""

    CEIL = "ceil"
    FLOOR = "floor"


class Initialisation(enum.Enum):
    """How the weights of the CNN start.

    `CAFFE`: the fixed Gaussians of CaffeNet. `HE`: scaled by fan-in, for narrow networks. `GABOR`:
    as `HE`, but conv1 is a bank of Gabor filters, for data sets too small to learn such a bank.
    """

    CAFFE = "caffe"
    HE = "he"
    GABOR = "gabor"


class ComputeDtype(enum.Enum):
    """The numbers that a network computes with."""

    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"


class Reduction(enum.Enum):
    """How Eq. (1) is summed over AUs: `MEAN_AUS` as printed, `SUM_AUS` as the group's code."""

    MEAN_AUS = "mean_aus"
    SUM_AUS = "sum_aus"


class LossWeighting(enum.Enum):
    """`NONE`: as the paper. `BALANCED`: each label by 1 / (2 · share of such labels of its AU)."""

    NONE = "none"
    BALANCED = "balanced"


class SamplingStrategy(enum.Enum):
    """How the frames of a CNN batch are chosen, see `au_jax.sampling.strategies`."""

    RANDOM = "random"
    STRATIFIED = "stratified"
    STRATIFIED_CORRECTED = "stratified_corrected"
    MOMU = "momu"
    WEIGHTED = "weighted"


BALANCING_STRATEGIES = frozenset({SamplingStrategy.MOMU, SamplingStrategy.WEIGHTED})
"""Those that draw rare AUs more often; the others keep base rates."""


class MomuRestore(enum.Enum):
    """Which frames come back when a class of MOMU runs short (line 7 of Algorithm 2).

    `EARLIER_BATCHES`: those of the class from earlier batches. `ALL_BATCHES`: also those of the
    batch that is being filled.
    """

    EARLIER_BATCHES = "earlier_batches"
    ALL_BATCHES = "all_batches"


class MomuTies(enum.Enum):
    """Which of several classes with the fewest frames in the batch MOMU takes (line 13)."""

    RAREST = "rarest"
    FIRST = "first"
    RANDOM = "random"


class Smoothing(enum.Enum):
    """How scores are averaged over time before an AU counts as present.

    `NONE`: not, as in the paper. `VALIDATION`: over as many seconds as are best for the validation
    subjects, of each method by itself; not of CPM, which smooths as it adapts.
    """

    NONE = "none"
    VALIDATION = "validation"


class Scenario(enum.Enum):
    """Whose frames the models are tested on (paper, section 5.3.2).

    `WITHIN`: on other subjects of `dataset`, in folds. `BETWEEN`: trained on all of `dataset`,
    tested on all of `test_dataset`. `BOTH`: both data sets are cut into folds and take turns in
    training; each model is tested on the tested subjects of both.
    """

    WITHIN = "within"
    BETWEEN = "between"
    BOTH = "both"


class Split(enum.Enum):
    """Which subjects a fold tests.

    `DRAWN`: by the protocol's seed. `PUBLISHED`: the three folds of BP4D and DISFA that later work
    compares on.
    """

    DRAWN = "drawn"
    PUBLISHED = "published"


class PresetName(enum.Enum):
    """Which data set the built-in faces imitate."""

    BP4D_LIKE = "bp4d_like"
    GFT_LIKE = "gft_like"


class FeatureKind(enum.Enum):
    """What computed features describe: patches at landmarks, the whole face, or its shape.

    `BLENDSHAPES`: what MediaPipe's network says of the expression; it must be installed.
    """

    HOG_LANDMARKS = "hog_landmarks"
    HOG_FACE = "hog_face"
    GABOR = "gabor"
    SHAPE = "shape"
    BLENDSHAPES = "blendshapes"


class HardTest(enum.Enum):
    """Which training samples are hard to CPM.

    `LABEL`: those that either confident classifier gets wrong, as in the authors' demo code.
    `DISAGREEMENT`: those on which the two disagree, as on their poster.
    """

    LABEL = "label"
    DISAGREEMENT = "disagreement"


class Relabelling(enum.Enum):
    """Which hard samples CPM relabels.

    `LOCALISED`: those with a hard sample of the other class near. `HOLISTIC`: all.
    """

    LOCALISED = "localised"
    HOLISTIC = "holistic"
