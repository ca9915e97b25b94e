"""Your own videos, 3 subject-exclusive folds.

    python -m au_jax.main --experiment=folder_3fold --dataset=NAME
"""

from au_jax.config import (
    CnnConfig,
    Experiment,
    FusionConfig,
    Initialisation,
    LstmConfig,
    ProtocolConfig,
)


def experiment() -> Experiment:
    """Return the experiment."""
    return Experiment(
        dataset="folder",
        aus=(),
        protocol=ProtocolConfig(folds=3),
        cnn=CnnConfig(
            width=0.25,
            initialisation=Initialisation.HE,
            face_size=100,
            crop=88,
            pixel_scale=1 / 64,
            learning_rate=1e-2,
            batch_size=64,
            steps=300,
            evaluate_every=50,
        ),
        lstm=LstmConfig(
            pca_components=128,
            cells=64,
            window=250,
            steps=200,
            evaluate_every=20,
        ),
        fusion=FusionConfig(steps=500, evaluate_every=100),
    )
