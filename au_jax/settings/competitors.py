"""Settings of the methods that the paper compares with: SVM, CPM and JPML on computed features.

The values are those of the authors' published code and posters where there are any; where not,
BUILD_NOTES.md gives the reason.
"""

import dataclasses

from au_jax.settings.choices import FeatureKind, HardTest, Relabelling


@dataclasses.dataclass(kw_only=True)
class FeatureConfig:
    """What a face becomes before SVM, CPM and JPML see it."""

    kind: FeatureKind = FeatureKind.HOG_LANDMARKS
    pca_energy: float = 0.98
    """Share of the training features' variance that SVM and CPM keep; JPML takes all."""
    pca_components: int = 1000
    """Most principal components."""
    training_frames: int = 20_000
    """Most training frames of a fold; of more, evenly spaced ones are taken."""


@dataclasses.dataclass(kw_only=True)
class SvmConfig:
    """A linear SVM with squared hinge loss for each AU."""

    costs: tuple[float, ...] = (1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0)
    """Values of C, the weight of the mean loss; each AU takes the one with the highest F1-frame on
    the validation subjects."""
    balanced: bool = False
    """Weigh present and absent labels by the inverse of their share."""


@dataclasses.dataclass(kw_only=True)
class CpmConfig:
    """Confidence preserving machine (Zeng et al., ICCV 2015), after its authors' demo code."""

    separation: float = 0.08
    """Weight of |w₊ − w₋|², γ_d."""
    regularisation: float = 0.08
    """Weight of |w₊|² and |w₋|², γ_s."""
    person_regularisation: float = 0.08
    """Weight of |w_t|², γ_t."""
    smoothness: float = 0.08
    """Weight of temporal smoothness, γ_I."""
    transfer: float = 1e-4
    """Weight of |w_t − w₊|² and |w_t − w₋|², γ_tpn."""
    window: int = 5
    """Frames before and after that smoothness reaches, T."""
    hard_test: HardTest = HardTest.LABEL
    relabelling: Relabelling = Relabelling.LOCALISED
    iterations: int = 20
    """Most rounds; 1 is CPM, more is the iterative iCPM, whose numbers the paper prints."""
    training_frames: int = 4000
    """Most training frames; of more, evenly spaced ones are taken."""


@dataclasses.dataclass(kw_only=True)
class JpmlConfig:
    """Joint patch and multi-label learning (Zhao et al., CVPR 2015), on standardised features."""

    alphas: tuple[float, ...] = (1e-1, 3e-2, 1e-2, 1e-3, 1e-4)
    """Weights of the group lasso over patches; the one with the best validation F1 is taken."""
    betas: tuple[float, ...] = (0.0, 1e-3, 1e-2, 1e-1)
    """Weights of both relation terms; alpha is chosen at the smallest, then the best is taken.
    Only 0 leaves the relations out."""
    iterations: int = 500
    """Most iterations for each alpha and beta."""
    tolerance: float = 1e-3
    """Relative decrease of the objective over ten iterations at which FISTA stops."""
    positive_correlation: float = 0.40
    """AUs correlated at least so much (phi coefficient) are pulled together."""
    negative_correlation: float = -0.05
    """AUs correlated at most so much compete, of those the `competing_pairs` strongest."""
    competing_pairs: int = 5
    training_frames: int = 6000
    """Most training frames; of more, evenly spaced ones are taken."""
