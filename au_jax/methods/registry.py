"""All methods by name, variants as methods with other settings, and the order in which they run."""

import dataclasses
from collections.abc import Sequence

from au_jax.errors import InputError
from au_jax.methods.always_present import ALWAYS_PRESENT
from au_jax.methods.blendshape_rules import BLENDSHAPE_RULES
from au_jax.methods.cnn import CNN
from au_jax.methods.cnn_single_label import CNN_SINGLE_LABEL
from au_jax.methods.cpm.method import CPM
from au_jax.methods.ensemble import ENSEMBLE
from au_jax.methods.features import FEATURES
from au_jax.methods.fusion import FUSION_FEATURES, FUSION_MEAN, HYBRID
from au_jax.methods.jpml.method import JPML
from au_jax.methods.lstm import LSTM
from au_jax.methods.method import Method
from au_jax.methods.svm import ANET_T, SVM
from au_jax.settings import Experiment, Variant
from au_jax.settings.tree import changed
from au_jax.settings.variants import KNOWN_VARIANTS, find_variant

METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        *(ALWAYS_PRESENT, SVM, ANET_T, CPM, JPML, CNN, LSTM, HYBRID),
        *(FUSION_MEAN, FUSION_FEATURES, CNN_SINGLE_LABEL, ENSEMBLE, BLENDSHAPE_RULES),
    )
}
"""Those of the tables."""

STAGES: dict[str, Method] = {**METHODS, FEATURES.name: FEATURES}
"""All that methods build on."""


@dataclasses.dataclass(frozen=True)
class NamedMethod:
    """A method under the name that it has in an experiment.

    Attributes:
        name: as in tables and folders.
        method: what is run.
        experiment: with the settings of the variant, if it is one.
        variant: what it changes; None for a method itself.
    """

    name: str
    method: Method
    experiment: Experiment
    variant: Variant | None = None


def resolve(name: str, experiment: Experiment) -> NamedMethod:
    """Return the method or variant of a name.

    Raises:
        InputError: for a name that is not known, or a variant that changes what it cannot.
    """
    if name in STAGES:
        return NamedMethod(name, _with_inputs(STAGES[name], experiment), experiment)
    variant = find_variant(name, experiment.variants)
    if variant is None:
        known = [*METHODS, *(one.name for one in experiment.variants), *KNOWN_VARIANTS]
        raise InputError(f"unknown method {name!r}; known are: {', '.join(known)}")
    method = METHODS.get(variant.base)
    if method is None:
        raise InputError(
            f"the variant {name!r} has the base {variant.base!r}; allowed are: {', '.join(METHODS)}"
        )
    for path in variant.changes:
        if path.split(".")[0] not in method.sections:
            raise InputError(
                f"the variant {name!r} changes {path}, which its base {method.name!r} does not "
                f"read itself; allowed are settings of {', '.join(method.sections) or 'nothing'}"
            )
    own = changed(experiment, variant.changes)
    return NamedMethod(name, _with_inputs(method, own), own, variant)


def _with_inputs(method: Method, experiment: Experiment) -> Method:
    """Return a method with what the settings say that it builds on.

    Raises:
        InputError: for a setting that names what nothing can build on.
    """
    if method.chosen_inputs is None:
        return method
    sources = method.chosen_inputs(experiment)
    for source in sources:
        known = METHODS.get(source.method)
        if known is None or known.fit is None or known.chosen_inputs is not None:
            allowed = [name for name, one in METHODS.items() if one.fit and not one.chosen_inputs]
            raise InputError(
                f"{method.name} cannot build on {source.method!r}; allowed are "
                f"{', '.join(allowed)} (a method that adapts to tested people has no scores of "
                "others)"
            )
    return dataclasses.replace(method, builds_on=sources)


def in_order(names: Sequence[str], experiment: Experiment) -> list[str]:
    """Return the methods to run: the baseline, then `names` after what they build on.

    Raises:
        InputError: for a name that is not known.
    """
    ordered: list[str] = []

    def add(name: str) -> None:
        for source in resolve(name, experiment).method.builds_on:
            if not source.data and source.method in METHODS:
                add(source.method)
        if name not in ordered:
            ordered.append(name)

    for name in (ALWAYS_PRESENT.name, *names):
        add(name)
    return ordered
