"""Settings that several experiments after the paper share."""

from au_jax.settings import CnnConfig, DataConfig, Experiment, ProtocolConfig, Scenario
from au_jax.settings.data import no_data

ALL_METHODS = ("svm", "anet_t", "cpm", "jpml", "cnn", "lstm", "hybrid")
"""The columns of Tables 1 and 2, and the LSTM, in the paper's order."""

ALL_SAMPLING = (
    *("cnn_random", "cnn_stratified", "cnn_stratified_corrected", "cnn_momu"),
    *("cnn_weighted", "cnn_balanced_loss"),
)
"""The full-size CNN trained in every way, beside each other."""


def sampling_experiment(
    scenario: Scenario, *, data: str, test_data: str = "", methods: tuple[str, ...] = ("cnn",)
) -> Experiment:
    """Return CNNs of full size whose F1 on training frames is logged, in 10 folds.

    Args:
        scenario: within a data set, from one to the other, or both.
        data: the data set to train on.
        test_data: the other data set, unless the scenario is `WITHIN`.
        methods: the CNN, or variants of it.
    """
    return Experiment(
        data=DataConfig(name=data),
        test_data=DataConfig(name=test_data) if test_data else no_data(),
        methods=methods,
        protocol=ProtocolConfig(scenario=scenario, folds=10),
        cnn=CnnConfig(training_f1_frames=5000),
    )
