"""What each part of the hybrid gives, on built-in faces, 3 folds, on a laptop.

    python -m au_jax.main --experiment=synthetic_ablations

CNN or LSTM alone; their scores fused by a mean, by the paper's network that starts from noise, and
by the hybrid of the other laptop experiments, which corrects the mean; their features fused instead
of their scores; the LSTM on fewer and more principal components; and a CNN for each AU beside the
one for all. 60 people and four AUs, in two pairs that often go together; 17 minutes on two CPU
cores beside other work, 3.2 GB. Mean F1-frame, synthetic, in the order of the methods: .622, .586,
.625, .624, .591, .601; LSTM .597, .587, .595; .658; always present .474.
"""

from au_jax.settings import Experiment, LossWeighting, ProtocolConfig, laptop


def experiment() -> Experiment:
    """Return the experiment."""
    return Experiment(
        aus=(1, 2, 6, 12),
        methods=(
            *("cnn", "lstm", "hybrid", "fusion_mean", "fusion_network", "fusion_features"),
            *("lstm_pca_32", "lstm_pca_256", "lstm_pca_1024", "cnn_single_label"),
        ),
        protocol=ProtocolConfig(folds=3),
        data=laptop.built_in_people(60),
        loss_weighting=LossWeighting.BALANCED,
        cnn=laptop.narrow_cnn(steps=400, learning_rate=1e-2),
        lstm=laptop.small_lstm(window=100, batch_size=32),
        # A network from noise still gains after the steps that correct a mean.
        fusion=laptop.short_fusion(steps=1200),
    )
