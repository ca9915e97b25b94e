"""JPML as a method: mine AU relations, choose alpha and beta, score the test frames."""

import numpy as np

from au_jax.datasets.row_selection import evenly_spaced
from au_jax.methods.fold_features import FoldFeatures, fold_features
from au_jax.methods.fold_run import FoldRun, Method
from au_jax.methods.jpml.fista import minimise, start_at_base_rates
from au_jax.methods.jpml.model import (
    MODEL_FILE,
    JpmlModel,
    Standardisation,
    fit_standardisation,
    linear_scores,
    load_model,
    save_model,
)
from au_jax.methods.jpml.objective import Problem, make_problem
from au_jax.methods.jpml.relations import AuRelations, mine_relations
from au_jax.methods.jpml.settings_search import (
    Fit,
    FittedSetting,
    best_setting,
    remembered,
    search_settings,
)
from au_jax.metrics import f1_frame, mean_over_aus
from au_jax.system.progress import progress_bar

SEARCH_FOLDER = "settings"


def run(fold_run: FoldRun) -> np.ndarray:
    """Train unless a model is there, and return the scores of the test frames."""
    folder = fold_run.folder("jpml")
    computed = fold_features(fold_run)
    if not (folder / MODEL_FILE).exists():
        save_model(folder, _train(fold_run, computed))
    return load_model(folder).scores(computed.features, fold_run.fold.test)


def _train(fold_run: FoldRun, computed: FoldFeatures) -> JpmlModel:
    config = fold_run.experiment.jpml
    labels = fold_run.dataset.frames.labels
    relations = mine_relations(
        labels[computed.train],
        config.positive_correlation,
        config.negative_correlation,
        config.competing_pairs,
    )
    rows = evenly_spaced(computed.train, config.training_frames)
    features = computed.features[rows]
    standardisation = fit_standardisation(features)
    problem = make_problem(
        standardisation(features),
        labels[rows],
        computed.group,
        relations,
        _label_weights(labels[rows], fold_run.class_weights()),
    )
    del features
    fit = remembered(
        fold_run.folder("jpml") / SEARCH_FOLDER,
        _fit_and_validate(fold_run, computed, problem, standardisation),
    )
    count = len(set(config.alphas)) + len(set(config.betas)) - 1
    with progress_bar(count, fold_run.title("jpml"), unit="setting") as bar:

        def fit_with_bar(alpha: float, beta: float, start: FittedSetting | None) -> FittedSetting:
            fitted = fit(alpha, beta, start)
            bar.update()
            return fitted

        fitted = search_settings(config.alphas, config.betas, fit_with_bar)
    return _model(fold_run, computed, standardisation, relations, fitted)


def _label_weights(labels: np.ndarray, class_weights: np.ndarray) -> np.ndarray:
    absent, present = class_weights
    return np.where(labels > 0, present, absent)


def _fit_and_validate(
    fold_run: FoldRun, computed: FoldFeatures, problem: Problem, standardisation: Standardisation
) -> Fit:
    config = fold_run.experiment.jpml
    known = fold_run.dataset.frames.labels[computed.validation]

    def fit(alpha: float, beta: float, start: FittedSetting | None) -> FittedSetting:
        begin = start_at_base_rates(problem) if start is None else start.solution
        solution = minimise(problem, alpha, beta, begin, config.iterations, config.tolerance)
        scores = linear_scores(
            computed.features,
            computed.validation,
            standardisation,
            solution.weights,
            solution.intercepts,
        )
        return FittedSetting(alpha, beta, solution, mean_over_aus(f1_frame(known, scores)))

    return fit


def _model(
    fold_run: FoldRun,
    computed: FoldFeatures,
    standardisation: Standardisation,
    relations: AuRelations,
    fitted: list[FittedSetting],
) -> JpmlModel:
    best = best_setting(fitted)
    return JpmlModel(
        aus=np.array(fold_run.dataset.aus),
        group=computed.group,
        mean=standardisation.mean,
        scale=standardisation.scale,
        weights=best.solution.weights,
        intercepts=best.solution.intercepts,
        alpha=np.array(best.alpha),
        beta=np.array(best.beta),
        objectives=best.solution.objectives,
        positive=relations.positive,
        negative=relations.negative,
        tried=np.array([(setting.alpha, setting.beta, setting.f1) for setting in fitted]),
    )


JPML = Method(name="jpml", requires=(), run=run)
