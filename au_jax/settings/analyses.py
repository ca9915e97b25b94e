"""Settings of the analyses that show what was learned; they never change what is trained."""

import dataclasses

from au_jax import facs
from au_jax.errors import InputError
from au_jax.settings.fields import NOT_NEGATIVE, POSITIVE, RATE, Bounds, at_least, bounded, several

FILTERS, EMBEDDING, SUBJECT_INVARIANCE = "filters", "embedding", "subject_invariance"
PREFERRED_FACES, ATTRIBUTION = "preferred_faces", "attribution"

ANALYSES = (FILTERS, EMBEDDING, SUBJECT_INVARIANCE, PREFERRED_FACES, ATTRIBUTION)
"""Names of the analyses, in the order of a page."""

_AUS = Bounds(lambda aus: all(au in facs.ACTION_UNITS for au in aus), "numbers of action units")


@dataclasses.dataclass(kw_only=True, unsafe_hash=True)
class EmbeddingConfig:
    """Features of test frames in the plane by t-SNE (paper, Figure 3)."""

    frames: int = bounded(2000, at_least(10, "frames"))
    """Most frames, spread evenly over the tested subjects and their recordings."""
    perplexity: float = bounded(30.0, POSITIVE)
    """Neighbours that count for a frame; at most a third of the frames are taken."""
    seeds: tuple[int, ...] = bounded((0, 1, 2), several(NOT_NEGATIVE))
    """Each starts t-SNE from other random places; the first is drawn."""
    colour_aus: tuple[int, ...] = bounded((), _AUS)
    """AUs that colour the picture; nothing takes AU12, or the first AU where that is not coded."""


@dataclasses.dataclass(kw_only=True, unsafe_hash=True)
class SubjectInvarianceConfig:
    """How much features differ between subjects (paper, Eq. 2 and Figure 4)."""

    frames_per_subject: int = bounded(100, at_least(2, "frames"))
    """Most frames of a tested subject, spread evenly over the recordings."""
    resamples: int = bounded(2000, POSITIVE)
    """How often the subjects are drawn anew for an interval."""


@dataclasses.dataclass(kw_only=True, unsafe_hash=True)
class PreferredFacesConfig:
    """Activation maximisation, Eq. (3) of the paper.

    Values that the paper does not give are those of Yosinski et al. 2015, whose toolbox it follows.
    """

    iterations: int = bounded(10_000, POSITIVE)
    noise: float = bounded(10.0, NOT_NEGATIVE)
    """Standard deviation of the first picture around the mean face, in grey levels."""
    progress: float = bounded(2.0, POSITIVE)
    """The step is as long as raises the logit by this much where it is linear."""
    largest_rate: float = bounded(1e8, POSITIVE)
    """Bound on the rate of such a step, for pixels in grey levels. At 100, the constant rate of
    some of the toolbox's sets, pictures of a narrow network fade to the mean face."""
    decay: float = bounded(1e-4, RATE)
    """L2 decay: the share of the picture that each iteration takes away."""
    blur: float = bounded(1.0, NOT_NEGATIVE)
    """Standard deviation of the Gaussian blur in pixels; 0 switches it off."""
    blur_every: int = bounded(4, POSITIVE)
    """Iterations from one blur to the next."""
    small_norm: float = bounded(0.2, RATE)
    """Share of the pixels, those of the smallest norm, that each iteration sets to the mean."""
    seed: int = bounded(0, NOT_NEGATIVE)
    """Of the first picture, which is the same for all AUs."""


@dataclasses.dataclass(kw_only=True, unsafe_hash=True)
class AttributionConfig:
    """Where a network looks, and whether FACS says so."""

    steps: int = bounded(32, POSITIVE)
    """Points on the line from the mean face to the face at which gradients are taken."""
    faces: int = bounded(2, POSITIVE)
    """Test faces with each AU that are shown."""
    people: int = bounded(8, POSITIVE)
    """Built-in people of the test, drawn with each AU at full strength, that are measured."""
    random_units: int = bounded(5, POSITIVE)
    """Random output units that are measured beside each AU's."""
    seed: int = bounded(0, NOT_NEGATIVE)
    """Of the random units."""


@dataclasses.dataclass(kw_only=True, unsafe_hash=True)
class AnalysesConfig:
    """What is shown of trained networks, beside the results."""

    shown: tuple[str, ...] = (FILTERS,)
    """Names of analyses, of `ANALYSES`."""
    embedding: EmbeddingConfig = dataclasses.field(default_factory=EmbeddingConfig)
    subject_invariance: SubjectInvarianceConfig = dataclasses.field(
        default_factory=SubjectInvarianceConfig
    )
    preferred_faces: PreferredFacesConfig = dataclasses.field(default_factory=PreferredFacesConfig)
    attribution: AttributionConfig = dataclasses.field(default_factory=AttributionConfig)

    def check(self, path: str) -> None:
        """Check the names."""
        for name in self.shown:
            if name not in ANALYSES:
                raise InputError(
                    f"experiment.{path}shown names the analysis {name!r}; known are: "
                    f"{', '.join(ANALYSES)}; change it with --analyses=…"
                )
