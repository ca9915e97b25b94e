"""Built-in faces, 3 subject-exclusive folds: the whole path on a laptop, without any data.

    python -m au_jax.main --experiment=synthetic_3fold
"""

from au_jax.config import (
    CnnConfig,
    Experiment,
    FusionConfig,
    Initialisation,
    LstmConfig,
    ProtocolConfig,
    SyntheticConfig,
)


def experiment() -> Experiment:
    """Return the experiment."""
    return Experiment(
        dataset="synthetic",
        protocol=ProtocolConfig(folds=3),
        synthetic=SyntheticConfig(subjects=24, recordings_per_subject=2, seconds=20.0),
        cnn=CnnConfig(
            width=0.25,
            stride1=2,
            initialisation=Initialisation.HE,
            face_size=100,
            crop=88,
            pixel_scale=1 / 64,
            learning_rate=1e-2,
            batch_size=64,
            steps=1000,
            evaluate_every=100,
        ),
        lstm=LstmConfig(
            pca_components=128,
            cells=64,
            window=250,
            steps=400,
            evaluate_every=20,
        ),
        fusion=FusionConfig(steps=1000, evaluate_every=100),
    )
