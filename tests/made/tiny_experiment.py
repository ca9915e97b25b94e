"""An experiment that runs in seconds, as a user's own experiment file."""

from au_jax.settings import (
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

FACES = {
    "subjects": 6,
    "recordings_per_subject": 1,
    "seconds": 4.0,
    "frames_per_second": 5,
    "face_size": 32,
}


def experiment():
    return Experiment(
        aus=(1, 12, 24),
        loss_weighting=LossWeighting.BALANCED,
        protocol=ProtocolConfig(folds=3),
        synthetic=SyntheticConfig(**FACES),
        # The same faces, which are drawn once for both; no steps unless a test asks for them.
        pretraining=PretrainingConfig(synthetic=SyntheticConfig(**FACES)),
        cnn=CnnConfig(
            width=1 / 32,
            stride1=2,
            face_size=32,
            crop=28,
            initialisation=Initialisation.HE,
            pixel_scale=1 / 64,
            batch_size=6,
            learning_rate=1e-2,
            warm_up_steps=2,
            cosine_decay=True,
            steps=4,
            evaluate_every=2,
        ),
        lstm=LstmConfig(
            pca_components=8,
            layers=1,
            cells=4,
            window=8,
            batch_size=2,
            warm_up=1,
            min_active_aus=0.0,
            steps=4,
            evaluate_every=2,
        ),
        fusion=FusionConfig(hidden=4, batch_size=8, steps=4, evaluate_every=2),
    )
