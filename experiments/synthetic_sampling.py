"""Ways of sampling on built-in faces, within and between two data sets; section 5 of the paper.

python -m au_jax.main --experiment=synthetic_sampling
"""

import dataclasses

from au_jax.settings import Experiment, PresetName, ProtocolConfig, Scenario, laptop


def experiment() -> Experiment:
    """Return the experiment."""
    return Experiment(
        data=laptop.built_in_people(60),
        test_data=laptop.built_in_people(60, preset=PresetName.GFT_LIKE, seed=1),
        methods=("cnn_random", "cnn_stratified", "cnn_momu", "cnn_weighted", "cnn_balanced_loss"),
        protocol=ProtocolConfig(scenario=Scenario.BOTH, folds=2),
        cnn=dataclasses.replace(
            laptop.narrow_cnn(steps=400, learning_rate=1e-2),
            evaluate_every=80,
            training_f1_frames=1000,
        ),
    )
