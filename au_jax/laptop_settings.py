"""Settings of the experiments that finish within minutes on two CPU cores.

The full-size network of the paper is for accelerators and tens of thousands of faces. These are
narrow networks on faces of 100 px, and what lets them learn from a few dozen people in a thousand
steps; BUILD_NOTES.md gives the reasons, and on which people they were chosen.
"""

from au_jax.config import (
    AugmentationConfig,
    CnnConfig,
    FeatureConfig,
    FusionConfig,
    Initialisation,
    LstmConfig,
    SvmConfig,
    SyntheticConfig,
)


def built_in_people() -> SyntheticConfig:
    """Return 150 people in two recordings of ten seconds each, 30,000 faces."""
    return SyntheticConfig(
        subjects=150, recordings_per_subject=2, seconds=10.0, frames_per_second=10
    )


def narrow_cnn(*, steps: int, learning_rate: float) -> CnnConfig:
    """Return an AlexNet of a quarter of the width for grey faces of 100 px."""
    return CnnConfig(
        width=0.25,
        stride1=2,
        local_response_norm=False,
        initialisation=Initialisation.GABOR,
        dropout=0.4,
        face_size=100,
        crop=94,
        local_contrast=True,
        augmentation=AugmentationConfig(rotation=8.0, scale=0.08, contrast=0.1),
        learning_rate=learning_rate,
        warm_up_steps=50,
        cosine_decay=True,
        weight_decay=5e-3,
        batch_size=64,
        steps=steps,
        evaluate_every=max(25, steps // 8),
        evaluation_frames=1000,
        average_mirrored=True,
    )


def small_lstm(*, window: int, batch_size: int) -> LstmConfig:
    """Return a single layer of 128 cells on 128 principal components."""
    return LstmConfig(
        pca_components=128,
        layers=1,
        cells=128,
        dropout=0.6,
        window=window,
        batch_size=batch_size,
        learning_rate=3e-3,
        decay_after_epochs=60,
        steps=200,
        evaluate_every=25,
    )


def short_fusion() -> FusionConfig:
    """Return a fusion head that corrects the mean of both networks, cautiously.

    Its training scores are of people whom the networks have learned by heart, and say too little
    about what to trust on others. Of the shares tried a fifth of the LSTM was best.
    """
    return FusionConfig(
        mean_scale=10.0, lstm_share=0.2, learning_rate=1e-4, steps=600, evaluate_every=50
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
