"""An experiment that runs in seconds, as a user's own experiment file."""

from au_jax.settings import (
    AlexNetConfig,
    CnnConfig,
    DataConfig,
    Experiment,
    FaceInputConfig,
    FusionConfig,
    FusionHeadConfig,
    Initialisation,
    LossWeighting,
    LstmConfig,
    PretrainingConfig,
    ProtocolConfig,
    SgdConfig,
    StackedLstmConfig,
    SyntheticConfig,
    WindowConfig,
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
        data=DataConfig(synthetic=SyntheticConfig(**FACES)),
        loss_weighting=LossWeighting.BALANCED,
        protocol=ProtocolConfig(folds=3),
        # The same faces, which are drawn once for both; no steps unless a test asks for them.
        pretraining=PretrainingConfig(data=DataConfig(synthetic=SyntheticConfig(**FACES))),
        cnn=CnnConfig(
            network=AlexNetConfig(width=1 / 32, stride1=2, initialisation=Initialisation.HE),
            input=FaceInputConfig(face_size=32, crop=28, pixel_scale=1 / 64),
            optimizer=SgdConfig(learning_rate=1e-2, warm_up_steps=2, cosine_decay=True),
            batch_size=6,
            steps=4,
            evaluate_every=2,
        ),
        lstm=LstmConfig(
            pca_components=8,
            network=StackedLstmConfig(layers=1, cells=4),
            windows=WindowConfig(window=8, batch_size=2, warm_up=1, min_active_aus=0.0),
            steps=4,
            evaluate_every=2,
        ),
        fusion=FusionConfig(
            network=FusionHeadConfig(hidden=4), batch_size=8, steps=4, evaluate_every=2
        ),
    )
