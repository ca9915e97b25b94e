"""Ways of sampling on built-in faces, within and between two data sets; section 5 of the paper.

python -m au_jax.main --experiment=synthetic_sampling
"""

import dataclasses

from au_jax.settings import laptop as laptop_settings
from au_jax.settings.experiment import Experiment, Preset, ProtocolConfig, Scenario, SyntheticConfig


def experiment() -> Experiment:
    """Return the experiment."""
    people = SyntheticConfig(
        subjects=60, recordings_per_subject=2, seconds=10.0, frames_per_second=10
    )
    return Experiment(
        test_dataset="synthetic",
        methods=("cnn_random", "cnn_stratified", "cnn_momu", "cnn_weighted", "cnn_balanced_loss"),
        synthetic=people,
        test_synthetic=dataclasses.replace(people, preset=Preset.GFT_LIKE, seed=1),
        protocol=ProtocolConfig(scenario=Scenario.BOTH, folds=2),
        cnn=dataclasses.replace(
            laptop_settings.narrow_cnn(steps=400, learning_rate=1e-2),
            evaluate_every=80,
            training_f1_frames=1000,
        ),
    )
