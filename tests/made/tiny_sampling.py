"""Ways of sampling between two sets of built-in faces, in seconds; a user's own experiment file."""

import dataclasses

from au_jax.settings import DataConfig, PresetName, ProtocolConfig, Scenario, SyntheticConfig
from tests.made import tiny_experiment


def experiment():
    tiny = tiny_experiment.experiment()
    people = SyntheticConfig(**tiny_experiment.FACES)
    others = dataclasses.replace(people, preset=PresetName.GFT_LIKE, subjects=5, seed=3)
    return dataclasses.replace(
        tiny,
        # AU24 is rare among these people, the others are not.
        aus=(10, 12, 24),
        methods=("cnn_random", "cnn_momu"),
        data=DataConfig(synthetic=people),
        test_data=DataConfig(synthetic=others),
        protocol=ProtocolConfig(scenario=Scenario.BOTH, folds=2),
        cnn=dataclasses.replace(tiny.cnn, training_f1_frames=50),
    )
