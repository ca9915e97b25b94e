"""The analyses by name, and running them on a fold."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from etils import epath

from au_jax.datasets.feature_file import file_version
from au_jax.detector.bundle import has_bundle
from au_jax.errors import InputError
from au_jax.methods.running import FoldMethods
from au_jax.pipeline.analyses import (
    attribution,
    embedding,
    filters,
    preferred_faces,
    subject_invariance,
)
from au_jax.pipeline.analyses.analysis import Analysis, FoldView
from au_jax.pipeline.analyses.frame_features import own_features
from au_jax.pipeline.opening import OpenedExperiment
from au_jax.reporting.learned.measured import Arrays, Measured
from au_jax.reporting.section import Section
from au_jax.runs.layout import analysis_file
from au_jax.settings import AnalysesConfig
from au_jax.settings.tree import to_json
from au_jax.system import atomic_files

ANALYSES: dict[str, Analysis] = {
    module.ANALYSIS.name: module.ANALYSIS
    for module in (filters, embedding, subject_invariance, preferred_faces, attribution)
}

_SETTINGS = "settings"


def check_feature_files(opened: OpenedExperiment, feature_files: Mapping[str, str]) -> None:
    """Read the user's own features, before anything is trained that a mistake in them would cost.

    Raises:
        InputError: if a name is taken, or a file cannot be read or is not of these data.
    """
    own_features(feature_files, opened.protocol.dataset.frames)


def fold_view(
    opened: OpenedExperiment,
    fold: int,
    methods: Sequence[str],
    config: AnalysesConfig,
    feature_files: Mapping[str, str],
) -> FoldView:
    """Return what analyses see of a fold.

    Args:
        opened: the experiment.
        fold: number of the fold, from 0.
        methods: those to look at, where they are trained.
        config: the settings of the analyses.
        feature_files: the user's own features.
    """
    run = opened.fold(fold)
    there = [name for name in methods if has_bundle(run.directory / name)]
    return FoldView(
        run,
        _title(opened, fold),
        there,
        FoldMethods(run).fitted,
        config,
        feature_files,
        _tested_on(opened, fold),
    )


def analyse(view: FoldView, names: Sequence[str], *, several: bool) -> dict[str, Measured]:
    """Return what each analysis finds, measured now or by an earlier call with the same settings.

    Args:
        view: the fold.
        names: of analyses; those that need a method that is not there are left out.
        several: whether there are other folds beside, so that each needs a name of its own.
    """
    own = view.run.experiment.name if several else ""
    found = {}
    for name in names:
        analysis = ANALYSES[name]
        if any(method in view.methods for method in analysis.needs):
            found[name] = Measured(view.title, own, _measured_once(analysis, view))
    return found


def sections_of(report: epath.Path, found: Sequence[Mapping[str, Measured]]) -> list[Section]:
    """Return what a page shows of analyses, in their order; writes their files.

    Args:
        report: the folder of the report.
        found: what `analyse` found in each fold that was looked at.
    """
    sections: list[Section] = []
    for name, analysis in ANALYSES.items():
        measured = [of_fold[name] for of_fold in found if name in of_fold]
        if measured:
            sections += analysis.sections(report, measured)
    return sections


def check_needs(names: Sequence[str], methods: Sequence[str]) -> None:
    """Refuse analyses of methods that an experiment does not have.

    Raises:
        InputError: naming the analysis and what it needs.
    """
    for name in names:
        needs = ANALYSES[name].needs
        if not any(method in methods for method in needs):
            raise InputError(
                f"the analysis {name} looks at {' or '.join(needs)}, but methods are "
                f"{', '.join(methods)}; add one with --methods=…"
            )


def _title(opened: OpenedExperiment, fold: int) -> str:
    tested = _tested_on(opened, fold)
    if len(opened.protocol.folds) == 1:
        return f"{tested}, networks trained on {opened.protocol.parts[0].trained_on}"
    return f"{tested}, networks of {opened.protocol.fold_names[fold]}"


def _tested_on(opened: OpenedExperiment, fold: int) -> str:
    parts = [part for part in opened.protocol.parts if fold in part.folds]
    return " and ".join(dict.fromkeys(part.tested_on for part in parts))


def _measured_once(analysis: Analysis, view: FoldView) -> Arrays:
    file = analysis_file(view.run.directory, analysis.name)
    settings = json.dumps(_what_counts(analysis, view), sort_keys=True)
    if file.exists():
        arrays = atomic_files.read_arrays(file)
        if str(arrays.pop(_SETTINGS, "")) == settings:
            return arrays
    arrays = dict(analysis.measure(view))
    atomic_files.write_arrays(file, {**arrays, _SETTINGS: np.array(settings)})
    return arrays


def _what_counts(analysis: Analysis, view: FoldView) -> dict[str, Any]:
    """Return all but the fold itself that the numbers depend on."""
    own = analysis.settings(view.config)
    return {
        "settings": None if own is None else to_json(own),
        "methods": list(view.methods),
        "files": {name: file_version(path) for name, path in view.feature_files.items()},
    }
