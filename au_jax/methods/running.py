"""Running the methods of a fold: each is fitted once, and applied to the test frames."""

import dataclasses
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from etils import epath

from au_jax.detector.block import Block, FaceFrames, Outputs
from au_jax.detector.bundle import (
    Description,
    has_bundle,
    load_bundle,
    read_calibration,
    save_bundle,
)
from au_jax.methods.cross_fitting import cross_fitted
from au_jax.methods.method import Fitted, FoldRun, Source, Task
from au_jax.methods.registry import NamedMethod, in_order, resolve
from au_jax.methods.stored_outputs import stored_outputs
from au_jax.metrics.calibration import Calibration, fit_calibration
from au_jax.metrics.smoothing import best_window, smoothed
from au_jax.runs.layout import MethodFolder
from au_jax.runs.scores import save_scores
from au_jax.settings import Smoothing
from au_jax.system import atomic_files


def run_methods(run: FoldRun, names: Sequence[str]) -> None:
    """Run methods on a fold; those whose scores are there already are not run again."""
    ordered = in_order(names, run.experiment)
    methods = FoldMethods(run, ordered)
    for name in ordered:
        folder = MethodFolder(run.directory / name)
        if folder.test_scores.exists():
            continue
        started = time.monotonic()
        scores = methods.test_scores(name)
        calibration = methods.calibrated(name)
        took = {"seconds": round(time.monotonic() - started, 1)}
        atomic_files.write_json(folder.timing, took)
        save_scores(folder.test_scores, run.dataset, run.fold.test, scores, calibration)


class FoldMethods:
    """The fitted methods of a fold, each on what it builds on."""

    def __init__(self, run: FoldRun, names: Sequence[str] = ()) -> None:
        """Take a fold.

        Args:
            run: the fold.
            names: the methods that are going to run; of those that another one builds on, the
                outputs are computed for all frames at once.
        """
        self._run = run
        self._frames = FaceFrames.of(run.dataset)
        self._fitted: dict[tuple[str, str], Fitted] = {}
        self._loaded: dict[epath.Path, Block] = {}
        self._outputs: dict[epath.Path, Callable[[], Outputs]] = {}
        self._built_on = {
            source.method
            for name in names
            for source in resolve(name, run.experiment).method.builds_on
            if not source.data
        }

    def fitted(self, name: str) -> Fitted:
        """Return what a method leaves; it is trained now if it has not been."""
        return self._fit(Source(name), self._run)

    def task(self, name: str) -> Task:
        """Return what a method is given, after what it builds on is trained."""
        return self._task(resolve(name, self._run.experiment), self._run, to_fit=True)

    def test_scores(self, name: str) -> np.ndarray:
        """Return the scores of the test frames, float32 `[test, aus]`, with the decision at 0."""
        named = resolve(name, self._run.experiment)
        if named.method.adapt is not None:
            return named.method.adapt(self.task(name))
        return self._scores(name, self._run.fold.test)

    def calibrated(self, name: str) -> Calibration | None:
        """Measure what a method's scores mean on the validation subjects, and write it down.

        Returns:
            None for a method that adapts: it has no scores of people without adapting to them.
        """
        named, fold = resolve(name, self._run.experiment), self._run.fold
        if named.method.adapt is not None:
            return None
        self.fitted(name)
        labels, folder = self._run.dataset.frames.labels[fold.validation], _folder(named, self._run)
        # Written by a run that was stopped: a stop must cost no more than one step of the work.
        if (written := read_calibration(folder.path, labels.shape[1])) is not None:
            return written
        calibration = self._measured(labels, self._scores(name, fold.validation))
        atomic_files.write_json(folder.calibration, calibration.to_json())
        return calibration

    def _measured(self, labels: np.ndarray, scores: np.ndarray) -> Calibration:
        """Return what the scores of the validation subjects mean, and how they are smoothed."""
        seconds = 0.0
        if self._run.experiment.smoothing is Smoothing.VALIDATION:
            table, rows = self._run.dataset.frames, self._run.fold.validation
            over_time = table.time[rows], table.recording[rows]
            seconds = best_window(labels, scores, *over_time)
            scores = smoothed(scores, *over_time, seconds)
        return dataclasses.replace(fit_calibration(labels, scores), smoothing=seconds)

    def _scores(self, name: str, rows: np.ndarray) -> np.ndarray:
        """Return the scores of rows of the frames table, float32 `[row, aus]`."""
        fitted = self.fitted(name)
        if name in self._built_on:
            return np.asarray(fitted.outputs().known_scores()[rows])
        return fitted.block.scores(self._frames, rows, lambda block: self._known(block, rows))

    def _fit(self, source: Source, run: FoldRun) -> Fitted:
        """Return what the method of a source leaves in a run."""
        key = (source.method, source.data)
        if key not in self._fitted:
            named = resolve(source.method, run.experiment)
            folder = _folder(named, run)
            is_fitted = has_bundle(folder.path)
            task = self._task(named, run, to_fit=not is_fitted)
            if not is_fitted:
                _fit_and_save(named, task)
            block, description = load_bundle(folder.path, self._loaded)
            kept = folder
            if source.data:  # what was trained on other data has outputs for the faces of this
                name = self._run.dataset.name.replace("/", "_")
                kept = MethodFolder(run.directory / f"outputs_for_{name}")
            outputs = stored_outputs(block, kept, self._frames, self._known, task.title)
            self._outputs[folder.path] = outputs
            in_training, fit = outputs, named.method.fit
            if run.experiment.cross_fit and named.method.cross_fits and not source.data and fit:
                in_training = cross_fitted(
                    fit,
                    folder.cross_fit,
                    lambda: self._task(named, run, to_fit=True),
                    outputs,
                    self._frames,
                )
            self._fitted[key] = Fitted(block, description.aus, outputs, in_training)
        return self._fitted[key]

    def _task(self, named: NamedMethod, run: FoldRun, *, to_fit: bool) -> Task:
        """Return the task of a method; without what it only starts from if it is fitted."""
        inputs = [
            self._fit(source, run.other[source.data] if source.data else run)
            for source in named.method.builds_on
            if (to_fit or not source.optional) and (not source.data or source.data in run.other)
        ]
        own = dataclasses.replace(run, experiment=named.experiment)
        return Task(own, named.name, _folder(named, run), inputs)

    def _known(self, block: Block, rows: np.ndarray) -> Outputs | None:
        """Return outputs of rows by a block that is a fitted method; None for other blocks."""
        outputs = self._outputs.get(block.folder) if block.folder is not None else None
        return None if outputs is None else outputs().of_rows(rows)


def _folder(named: NamedMethod, run: FoldRun) -> MethodFolder:
    if named.method.shared:
        kind = run.experiment.features.kind.value
        return MethodFolder(run.directory.parent / named.name / kind)
    return MethodFolder(run.directory / named.name)


def _fit_and_save(named: NamedMethod, task: Task) -> None:
    if named.method.fit is None:
        raise ValueError(f"{named.name} adapts to the tested frames; nothing can build on it")
    task.folder.calibration.unlink(missing_ok=True)  # of arrays that are gone
    block, run = named.method.fit(task), task.run
    origin: dict[str, Any] = {
        "method": named.name,
        "base": named.method.name,
        "experiment": run.experiment.name,
        "data": run.dataset.name,
        "drawn_faces": run.experiment.data.is_drawn,
    }
    if not named.method.shared:
        trained = run.dataset.frames.subject[run.fold.train]
        subjects = len(np.unique(trained))
        origin |= {"fold": run.name, "subjects": subjects, "frames": len(trained)}
    aus = () if named.method.shared else run.dataset.aus
    description = Description(aus, run.dataset.faces.face_shape, origin, run.dataset.preparation)
    save_bundle(task.folder.path, block, description)
