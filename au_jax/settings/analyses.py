"""Settings of the analyses that show what was learned; they never change what is trained."""

import dataclasses

from au_jax import facs
from au_jax.errors import InputError
from au_jax.settings.fields import NOT_NEGATIVE, POSITIVE, Bounds, at_least, bounded, several

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
class AnalysesConfig:
    """What is shown of trained networks, beside the results."""

    shown: tuple[str, ...] = (FILTERS,)
    """Names of analyses, of `ANALYSES`."""
    embedding: EmbeddingConfig = dataclasses.field(default_factory=EmbeddingConfig)
    subject_invariance: SubjectInvarianceConfig = dataclasses.field(
        default_factory=SubjectInvarianceConfig
    )

    def check(self, path: str) -> None:
        """Check the names."""
        for name in self.shown:
            if name not in ANALYSES:
                raise InputError(
                    f"experiment.{path}shown names the analysis {name!r}; known are: "
                    f"{', '.join(ANALYSES)}; change it with --analyses=…"
                )
