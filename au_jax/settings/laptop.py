"""Settings of the experiments that finish within minutes on two CPU cores.

The full-size network of the paper is for accelerators and tens of thousands of faces. These are
narrow networks on faces of 100 px, and what lets them learn from a few dozen people in a thousand
steps; BUILD_NOTES.md gives the reasons, and on which people they were chosen.
"""

import dataclasses

from au_jax.settings import (
    AlexNetConfig,
    AugmentationConfig,
    CnnConfig,
    DataConfig,
    Experiment,
    FaceInputConfig,
    FeatureConfig,
    FusionConfig,
    FusionHeadConfig,
    Initialisation,
    LossWeighting,
    LstmConfig,
    PresetName,
    ProtocolConfig,
    RmsPropConfig,
    SamplingConfig,
    SamplingStrategy,
    Scenario,
    SgdConfig,
    StackedLstmConfig,
    SvmConfig,
    SyntheticConfig,
    WindowConfig,
)
from au_jax.settings.data import no_data
from au_jax.settings.paper import ALL_METHODS


def built_in_people(
    subjects: int = 150, *, preset: PresetName = PresetName.BP4D_LIKE, seed: int = 0
) -> DataConfig:
    """Return people in two recordings of ten seconds each, 200 faces a person."""
    return DataConfig(
        synthetic=SyntheticConfig(
            preset=preset,
            subjects=subjects,
            recordings_per_subject=2,
            seconds=10.0,
            frames_per_second=10,
            seed=seed,
        )
    )


def narrow_cnn(*, steps: int, learning_rate: float) -> CnnConfig:
    """Return an AlexNet of a quarter of the width for grey faces of 100 px."""
    return CnnConfig(
        network=AlexNetConfig(
            width=0.25,
            stride1=2,
            local_response_norm=False,
            initialisation=Initialisation.GABOR,
            dropout=0.4,
        ),
        input=FaceInputConfig(face_size=100, crop=94, local_contrast=True, average_mirrored=True),
        augmentation=AugmentationConfig(rotation=8.0, scale=0.08, contrast=0.1),
        optimizer=SgdConfig(
            learning_rate=learning_rate, warm_up_steps=50, cosine_decay=True, weight_decay=5e-3
        ),
        batch_size=64,
        steps=steps,
        evaluate_every=max(25, steps // 8),
        evaluation_frames=1000,
    )


def small_lstm(*, window: int, batch_size: int) -> LstmConfig:
    """Return a single layer of 128 cells on 128 principal components."""
    return LstmConfig(
        pca_components=128,
        network=StackedLstmConfig(layers=1, cells=128, dropout=0.6),
        windows=WindowConfig(window=window, batch_size=batch_size),
        optimizer=RmsPropConfig(learning_rate=3e-3, decay_after_epochs=60),
        steps=200,
        evaluate_every=25,
    )


def short_fusion(*, steps: int = 600) -> FusionConfig:
    """Return a fusion head that corrects the mean of both networks, cautiously.

    Its training scores are of people whom the networks have learned by heart, and say too little
    about what to trust on others. Of the shares tried a fifth of the LSTM was best.
    """
    return FusionConfig(
        network=FusionHeadConfig(mean_scale=10.0, lstm_share=0.2),
        learning_rate=1e-4,
        steps=steps,
        evaluate_every=50,
    )


def half_the_components() -> FeatureConfig:
    """Return features of at most 500 principal components.

    On built-in faces half of the default 1,000 score alike in SVM and CPM, and the effort grows
    with the third power of their number.
    """
    return FeatureConfig(pca_components=500)


def balanced_svm() -> SvmConfig:
    """Return SVMs that weigh labels as the networks of these experiments do."""
    return SvmConfig(balanced=True)


def table_experiment(preset: PresetName) -> Experiment:
    """Return every method of Tables 1 and 2 on people of a preset, in 3 folds.

    ANet^T learns its features from the people of the other preset. Where AUs are rarest, in people
    like those of GFT, batches hold them more often.
    """
    like_bp4d = built_in_people()
    like_gft = built_in_people(preset=PresetName.GFT_LIKE, seed=1)
    rare = preset is PresetName.GFT_LIKE
    people, others = (like_gft, like_bp4d) if rare else (like_bp4d, like_gft)
    strategy = SamplingStrategy.WEIGHTED if rare else SamplingStrategy.RANDOM
    return Experiment(
        data=people,
        transfer_data=others,
        methods=ALL_METHODS,
        protocol=ProtocolConfig(folds=3),
        loss_weighting=LossWeighting.BALANCED,
        sampling=SamplingConfig(strategy=strategy),
        features=half_the_components(),
        svm=balanced_svm(),
        cnn=narrow_cnn(steps=2400, learning_rate=1e-2),
        lstm=small_lstm(window=100, batch_size=32),
        fusion=short_fusion(),
    )


def cross_dataset_experiment(trained_on: PresetName) -> Experiment:
    """Return every method trained on all people of a preset and tested on those of the other."""
    within = table_experiment(trained_on)
    return dataclasses.replace(
        within,
        methods=tuple(method for method in ALL_METHODS if method != "anet_t"),
        protocol=ProtocolConfig(scenario=Scenario.BETWEEN),
        test_data=within.transfer_data,
        transfer_data=no_data(),
    )
