"""What each part of the hybrid gives, on BP4D, 3 folds, with the paper's full-size networks.

    python -m au_jax.main --experiment=bp4d_3fold_ablations --data_dir=DATA

CNN or LSTM alone; their scores fused by a mean instead of the paper's network; their features fused
instead of their scores; the LSTM on fewer principal components than the paper's 1024; and a CNN for
each AU beside the one for all.
Needs the licensed data set, and a GPU: a fold trains thirteen CNNs of 8000 steps of 196 faces,
twelve of them for single AUs, which keep 2.2 GB of weights. --methods takes some methods only.
Folds can run as an array job with --fold=0 … --fold=2 into one --workdir. Not run by us yet: no
accuracy to report.
"""

from au_jax.settings import DataConfig, Experiment, ProtocolConfig, Split


def experiment() -> Experiment:
    """Return the experiment."""
    return Experiment(
        data=DataConfig(name="bp4d"),
        methods=(
            *("cnn", "lstm", "hybrid", "fusion_mean", "fusion_features"),
            *("lstm_pca_32", "lstm_pca_64", "lstm_pca_256", "cnn_single_label"),
        ),
        protocol=ProtocolConfig(folds=3, split=Split.PUBLISHED),
    )
