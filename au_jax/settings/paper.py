"""Settings that several experiments after the paper share."""

from au_jax.settings.experiment import (
    CnnConfig,
    Experiment,
    ProtocolConfig,
    SamplingConfig,
    SamplingStrategy,
    Scenario,
)

ALL_METHODS = ("svm", "anet_t", "cpm", "jpml", "cnn", "lstm", "hybrid")
"""The columns of Tables 1 and 2, and the LSTM, in the paper's order."""

_TRAINING_F1_FRAMES = 5000


def sampling_experiment(
    strategy: SamplingStrategy, *, dataset: str, test_dataset: str = ""
) -> Experiment:
    """Return the full-size CNN trained with one way of sampling.

    Args:
        strategy: how batches are made.
        dataset: the data set to train on.
        test_dataset: the data set to test on; if empty, 10 folds of `dataset`.
    """
    scenario = Scenario.BETWEEN if test_dataset else Scenario.WITHIN
    return Experiment(
        dataset=dataset,
        test_dataset=test_dataset,
        methods=("cnn",),
        protocol=ProtocolConfig(scenario=scenario, folds=10),
        sampling=SamplingConfig(strategy=strategy),
        cnn=CnnConfig(training_f1_frames=_TRAINING_F1_FRAMES),
    )


def all_sampling_experiment(dataset: str, test_dataset: str) -> Experiment:
    """Return every way of sampling, within and between two data sets, in 10 folds of each."""
    return Experiment(
        dataset=dataset,
        test_dataset=test_dataset,
        methods=(
            *("cnn_random", "cnn_stratified", "cnn_stratified_corrected", "cnn_momu"),
            *("cnn_weighted", "cnn_balanced_loss"),
        ),
        protocol=ProtocolConfig(scenario=Scenario.BOTH, folds=10),
        cnn=CnnConfig(training_f1_frames=_TRAINING_F1_FRAMES),
    )
