"""Settings of the methods that the paper compares with: SVM, CPM and JPML on computed features.

The values are those of the authors' published code and posters where there are any; where not,
BUILD_NOTES.md gives the reason.
"""

import dataclasses

from au_jax.settings.choices import FeatureKind, HardTest, Relabelling
from au_jax.settings.fields import ANY, NOT_NEGATIVE, POSITIVE, Bounds, bounded, several


@dataclasses.dataclass(kw_only=True, unsafe_hash=True)
class FeatureConfig:
    """What a face becomes before SVM, CPM and JPML see it."""

    kind: FeatureKind = FeatureKind.HOG_LANDMARKS
    pca_energy: float = bounded(0.98, Bounds(lambda x: 0 < x <= 1, "above 0, at most 1"))
    """Share of the training features' variance that SVM and CPM keep; JPML takes all."""
    pca_components: int = bounded(1000, POSITIVE)
    """Most principal components."""
    training_frames: int = bounded(20_000, POSITIVE)
    """Most training frames of a fold; of more, evenly spaced ones are taken."""


@dataclasses.dataclass(kw_only=True, unsafe_hash=True)
class SvmConfig:
    """A linear SVM with squared hinge loss for each AU."""

    costs: tuple[float, ...] = bounded((1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0), several(POSITIVE))
    """Values of C, the weight of the mean loss; each AU takes the one with the highest F1-frame on
    the validation subjects."""
    balanced: bool = False
    """Weigh present and absent labels by the inverse of their share."""


@dataclasses.dataclass(kw_only=True, unsafe_hash=True)
class CpmConfig:
    """Confidence preserving machine (Zeng et al., ICCV 2015), after its authors' demo code."""

    separation: float = bounded(0.08, NOT_NEGATIVE)
    """Weight of |w₊ − w₋|², γ_d."""
    regularisation: float = bounded(0.08, POSITIVE)
    """Weight of |w₊|² and |w₋|², γ_s."""
    person_regularisation: float = bounded(0.08, POSITIVE)
    """Weight of |w_t|², γ_t."""
    smoothness: float = bounded(0.08, NOT_NEGATIVE)
    """Weight of temporal smoothness, γ_I."""
    transfer: float = bounded(1e-4, NOT_NEGATIVE)
    """Weight of |w_t − w₊|² and |w_t − w₋|², γ_tpn."""
    window: int = bounded(5, POSITIVE)
    """Frames before and after that smoothness reaches, T."""
    hard_test: HardTest = HardTest.LABEL
    relabelling: Relabelling = Relabelling.LOCALISED
    iterations: int = bounded(20, POSITIVE)
    """Most rounds; 1 is CPM, more is the iterative iCPM, whose numbers the paper prints."""
    training_frames: int = bounded(4000, POSITIVE)
    """Most training frames; of more, evenly spaced ones are taken."""


@dataclasses.dataclass(kw_only=True, unsafe_hash=True)
class JpmlConfig:
    """Joint patch and multi-label learning (Zhao et al., CVPR 2015), on standardised features."""

    alphas: tuple[float, ...] = bounded((1e-1, 3e-2, 1e-2, 1e-3, 1e-4), several(POSITIVE))
    """Weights of the group lasso over patches; the one with the best validation F1 is taken."""
    betas: tuple[float, ...] = bounded((0.0, 1e-3, 1e-2, 1e-1), several(NOT_NEGATIVE))
    """Weights of both relation terms; alpha is chosen at the smallest, then the best is taken.
    Only 0 leaves the relations out."""
    iterations: int = bounded(500, POSITIVE)
    """Most iterations for each alpha and beta."""
    tolerance: float = bounded(1e-3, POSITIVE)
    """Relative decrease of the objective over ten iterations at which FISTA stops."""
    positive_correlation: float = bounded(0.40, ANY)
    """AUs correlated at least so much (phi coefficient) are pulled together."""
    negative_correlation: float = bounded(-0.05, ANY)
    """AUs correlated at most so much compete, of those the `competing_pairs` strongest."""
    competing_pairs: int = bounded(5, NOT_NEGATIVE)
    training_frames: int = bounded(6000, POSITIVE)
    """Most training frames; of more, evenly spaced ones are taken."""
