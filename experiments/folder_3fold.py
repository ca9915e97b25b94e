"""Your own videos, 3 subject-exclusive folds.

python -m au_jax.main --experiment=folder_3fold --dataset=NAME
"""

from au_jax.config import (
    AugmentationConfig,
    CnnConfig,
    Experiment,
    FusionConfig,
    Initialisation,
    LossWeighting,
    LstmConfig,
    PretrainingConfig,
    ProtocolConfig,
    SyntheticConfig,
)


def experiment() -> Experiment:
    """Return the experiment."""
    return Experiment(
        dataset="folder",
        aus=(),
        protocol=ProtocolConfig(folds=3),
        loss_weighting=LossWeighting.BALANCED,
        pretraining=PretrainingConfig(
            steps=800,
            # The faces of synthetic_3fold: drawn once for both.
            synthetic=SyntheticConfig(
                subjects=150, recordings_per_subject=2, seconds=10.0, frames_per_second=10
            ),
        ),
        cnn=CnnConfig(
            width=0.25,
            stride1=2,
            initialisation=Initialisation.GABOR,
            dropout=0.4,
            face_size=100,
            crop=94,
            local_contrast=True,
            augmentation=AugmentationConfig(rotation=8.0, scale=0.08, contrast=0.1),
            learning_rate=1e-3,
            warm_up_steps=50,
            cosine_decay=True,
            weight_decay=5e-3,
            batch_size=64,
            steps=100,
            evaluate_every=25,
            evaluation_frames=2000,
        ),
        lstm=LstmConfig(
            pca_components=128,
            layers=1,
            cells=128,
            dropout=0.6,
            window=250,
            learning_rate=3e-3,
            decay_after_epochs=60,
            steps=200,
            evaluate_every=25,
        ),
        fusion=FusionConfig(steps=600, evaluate_every=100),
    )
