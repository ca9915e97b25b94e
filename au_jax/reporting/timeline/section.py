"""The part of a report with test recordings over time: all to look at, a few as still figures."""

import dataclasses
from collections.abc import Mapping, Sequence

import markupsafe
import numpy as np

from au_jax.protocol.scenarios import Protocol
from au_jax.reporting.method_names import method_title
from au_jax.reporting.templates import inline_figure
from au_jax.reporting.timeline.recordings import (
    RecordingsView,
    methods_drawn_first,
    recordings_view,
)
from au_jax.reporting.timeline.still import (
    most_varied_recordings,
    recording_timeline,
    timeline_csv,
)
from au_jax.runs.layout import RunFolder
from au_jax.runs.scores import Scores, load_scores

_STILL = 3
_WITHOUT_SCORES = "always_present"


@dataclasses.dataclass(frozen=True)
class RecordingsSection:
    """Test recordings on a page.

    Attributes:
        view: all of them.
        stills: a few as figures.
    """

    view: RecordingsView
    stills: Sequence[markupsafe.Markup]


def recordings_section(
    run: RunFolder, protocol: Protocol, methods: Sequence[str]
) -> RecordingsSection | None:
    """Return the test recordings of the folds that are done; writes the still figures.

    Args:
        run: the folder of the run.
        protocol: data and folds.
        methods: whose scores are shown; in a fold those that have scored it.

    Returns:
        None if no method but the baseline has scores.
    """
    folds = {name: _scores_of(run, fold, methods) for fold, name in enumerate(protocol.fold_names)}
    folds = {name: scores for name, scores in folds.items() if scores}
    if not folds:
        return None
    dataset = protocol.dataset
    some = next(iter(folds.values()))
    varied = most_varied_recordings(next(iter(some.values())), _STILL)
    drawn = {method: some[method] for method in methods_drawn_first(list(some))}
    view = recordings_view(dataset, folds, varied[0])
    if view is None:
        return None
    stills = [
        inline_figure(
            run.report,
            f"timeline_{number}",
            recording_timeline(dataset, drawn, recording),
            alt=f"Faces of the recording {recording}, and for each action unit when it is coded as "
            f"present and the scores of {', '.join(map(method_title, drawn))} over time.",
            numbers=timeline_csv(dataset, drawn, recording),
        )
        for number, recording in enumerate(varied, start=1)
    ]
    return RecordingsSection(view, stills)


def _scores_of(run: RunFolder, fold: int, methods: Sequence[str]) -> Mapping[str, Scores]:
    files = {
        method: run.method(fold, method).test_scores
        for method in methods
        if method != _WITHOUT_SCORES
    }
    scores = {method: load_scores(file) for method, file in files.items() if file.exists()}
    if not scores:
        return {}
    frames = next(iter(scores.values())).frames
    return {method: one for method, one in scores.items() if np.array_equal(one.frames, frames)}
