"""Settings of the analyses that show what was learned; they never change what is trained."""

import dataclasses

from au_jax.errors import InputError

FILTERS, EMBEDDING, SUBJECT_INVARIANCE = "filters", "embedding", "subject_invariance"
PREFERRED_FACES, ATTRIBUTION = "preferred_faces", "attribution"

ANALYSES = (FILTERS, EMBEDDING, SUBJECT_INVARIANCE, PREFERRED_FACES, ATTRIBUTION)
"""Names of the analyses, in the order of a page."""


@dataclasses.dataclass(kw_only=True, unsafe_hash=True)
class AnalysesConfig:
    """What is shown of trained networks, beside the results."""

    shown: tuple[str, ...] = (FILTERS,)
    """Names of analyses, of `ANALYSES`."""

    def check(self, path: str) -> None:
        """Check the names."""
        for name in self.shown:
            if name not in ANALYSES:
                raise InputError(
                    f"experiment.{path}shown names the analysis {name!r}; known are: "
                    f"{', '.join(ANALYSES)}; change it with --analyses=…"
                )
