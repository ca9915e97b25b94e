"""Variants: a method under another name and with other settings, such as the CNN with MOMU."""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from typing import Any

from au_jax.errors import InputError
from au_jax.settings.choices import SamplingStrategy


@dataclasses.dataclass(frozen=True, kw_only=True)
class Variant:
    """A method of an experiment that only changes settings of another.

    Attributes:
        name: as in `methods`, tables and folders.
        base: the method that is run.
        changes: setting to value, such as `{"sampling.strategy": "momu"}`; only settings that the
            base reads itself, since what it builds on stays that of the experiment.
    """

    name: str
    base: str
    changes: Mapping[str, Any]


def _sampling(strategy: str, loss_weighting: str = "none", name: str = "") -> Variant:
    changes = {"sampling.strategy": strategy, "loss_weighting": loss_weighting}
    return Variant(name=name or f"cnn_{strategy}", base="cnn", changes=changes)


_COMPONENTS = re.compile(r"lstm_pca_([1-9]\d*)")

KNOWN_VARIANTS: dict[str, Variant] = {
    variant.name: variant
    for variant in (
        # The CNN trained in other ways, from the same weights, with the unweighted loss.
        *(_sampling(strategy.value) for strategy in SamplingStrategy),
        _sampling("random", "balanced", name="cnn_balanced_loss"),
        # The CNN that cannot know: what its own attributions show is no knowledge of AUs.
        Variant(name="cnn_shuffled_labels", base="cnn", changes={"cnn.shuffled_labels": True}),
        # The paper's fusion network, which starts from noise (section 3.3, "late fusion").
        Variant(name="fusion_network", base="hybrid", changes={"fusion.network.mean_scale": 0.0}),
        # The LSTM on other numbers of principal components of the fold's features.
        *(
            Variant(name=f"lstm_pca_{size}", base="lstm", changes={"lstm.pca_components": size})
            for size in (32, 64, 128, 256, 512, 1024)
        ),
    )
}
"""Variants that every experiment can name without declaring them."""


def find_variant(name: str, declared: Sequence[Variant]) -> Variant | None:
    """Return the variant of a name: one that the experiment declares, or one of the known.

    Any number of components makes a known variant, as in `lstm_pca_48`.
    """
    for variant in declared:
        if variant.name == name:
            return variant
    if (size := _COMPONENTS.fullmatch(name)) is not None:
        changes = {"lstm.pca_components": int(size.group(1))}
        return Variant(name=name, base="lstm", changes=changes)
    return KNOWN_VARIANTS.get(name)


def check_variants(declared: Sequence[Variant]) -> None:
    """Check the names of declared variants; the room that knows methods checks the rest.

    Raises:
        InputError: for a name that cannot be that of a folder, or that is given twice.
    """
    names = [variant.name for variant in declared]
    for name in names:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or names.count(name) > 1:
            raise InputError(
                f"experiment.variants has a variant {name!r}; allowed are names of small letters, "
                "digits and _, each once"
            )
