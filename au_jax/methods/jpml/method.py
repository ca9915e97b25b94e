"""JPML as a method: mine AU relations, choose alpha and beta."""

import numpy as np

from au_jax.datasets.row_selection import evenly_spaced
from au_jax.detector.block import Block
from au_jax.detector.computed_features import ComputedFeatures
from au_jax.detector.jpml import JpmlModel, Standardisation, fit_standardisation, linear_scores
from au_jax.methods.features import ON_FEATURES, FoldRows, fold_rows
from au_jax.methods.jpml.fista import minimise, start_at_base_rates
from au_jax.methods.jpml.objective import Problem, make_problem
from au_jax.methods.jpml.relations import mine_relations
from au_jax.methods.jpml.settings_search import (
    Fit,
    FittedSetting,
    best_setting,
    remembered,
    search_settings,
)
from au_jax.methods.method import Method, Task
from au_jax.metrics import f1_frame, mean_over_aus
from au_jax.system.progress import progress_bar


def _fit(task: Task) -> Block:
    (source,) = task.inputs
    run, config = task.run, task.run.experiment.jpml
    features, chosen = source.outputs().known_features(), fold_rows(task.run)
    computed = source.block.model
    if not isinstance(computed, ComputedFeatures):
        raise TypeError(f"JPML takes computed features, not {type(computed).__name__}")
    group = computed.groups(run.dataset.faces.face_shape)
    labels = run.dataset.frames.labels
    relations = mine_relations(
        labels[chosen.train],
        config.positive_correlation,
        config.negative_correlation,
        config.competing_pairs,
    )
    rows = evenly_spaced(chosen.train, config.training_frames)
    standardisation = fit_standardisation(features[rows])
    problem = make_problem(
        standardisation(features[rows]),
        labels[rows],
        group,
        relations,
        _label_weights(labels[rows], run.class_weights()),
    )
    fitted = _search(task, _fit_and_validate(task, features, chosen, problem, standardisation))
    best = best_setting(fitted)
    model = JpmlModel(
        group=group,
        standardisation=standardisation,
        weights=best.solution.weights,
        intercepts=best.solution.intercepts,
        alpha=best.alpha,
        beta=best.beta,
        objectives=best.solution.objectives,
        positive=relations.positive,
        negative=relations.negative,
        tried=[[setting.alpha, setting.beta, setting.f1] for setting in fitted],
    )
    return Block(model, (source.block,))


def _search(task: Task, fit: Fit) -> list[FittedSetting]:
    config = task.run.experiment.jpml
    kept = remembered(task.folder.search, fit)
    count = len(set(config.alphas)) + len(set(config.betas)) - 1
    with progress_bar(count, task.title, unit="setting") as bar:

        def fit_with_bar(alpha: float, beta: float, start: FittedSetting | None) -> FittedSetting:
            fitted = kept(alpha, beta, start)
            bar.update()
            return fitted

        return search_settings(config.alphas, config.betas, fit_with_bar)


def _label_weights(labels: np.ndarray, class_weights: np.ndarray) -> np.ndarray:
    absent, present = class_weights
    return np.where(labels > 0, present, absent)


def _fit_and_validate(
    task: Task,
    features: np.ndarray,
    rows: FoldRows,
    problem: Problem,
    standardisation: Standardisation,
) -> Fit:
    config = task.run.experiment.jpml
    known = task.run.dataset.frames.labels[rows.validation]

    def fit(alpha: float, beta: float, start: FittedSetting | None) -> FittedSetting:
        begin = start_at_base_rates(problem) if start is None else start.solution
        solution = minimise(problem, alpha, beta, begin, config.iterations, config.tolerance)
        scores = linear_scores(
            features, rows.validation, standardisation, solution.weights, solution.intercepts
        )
        return FittedSetting(alpha, beta, solution, mean_over_aus(f1_frame(known, scores)))

    return fit


JPML = Method(name="jpml", fit=_fit, builds_on=(ON_FEATURES,), sections=("jpml", "loss_weighting"))
