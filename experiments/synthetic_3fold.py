"""Built-in faces, 3 subject-exclusive folds: the whole path on a laptop, without any data.

    python -m au_jax.main --experiment=synthetic_3fold

150 people in two recordings of ten seconds, in eight minutes on two CPU cores with 2 GB of memory.
Mean F1-frame on people that no network has seen, for seeds 0, 1 and 2 of people and weights:
always present .458 .487 .478, CNN .688 .690 .693, LSTM .663 .669 .671, hybrid .694 .694 .697.
"""

from au_jax.settings import Experiment, LossWeighting, ProtocolConfig, laptop


def experiment() -> Experiment:
    """Return the experiment."""
    return Experiment(
        protocol=ProtocolConfig(folds=3),
        data=laptop.built_in_people(),
        loss_weighting=LossWeighting.BALANCED,
        cnn=laptop.narrow_cnn(steps=1200, learning_rate=1e-2),
        lstm=laptop.small_lstm(window=100, batch_size=32),
        fusion=laptop.short_fusion(),
    )
