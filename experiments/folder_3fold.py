"""Your own videos, 3 subject-exclusive folds.

    python -m au_jax.main --experiment=folder_3fold --dataset=NAME --data_dir=DATA

NAME is a data set that `python -m au_jax.prepare --dataset=folder` has prepared. All AUs that its
label files have in common are learned. The CNN starts from weights trained on built-in faces, which
suits up to a few dozen people; with more, and a GPU, take the settings of `bp4d_3fold`.
ANet^T takes the network that was trained on built-in faces. Twelve rendered people of 16 seconds
each, in six minutes on two CPU cores with 2.7 GB of memory: mean F1-frame always present .508, SVM
.565, ANet^T .531, CPM .593, JPML .631, CNN .579, LSTM .539, hybrid .585.
"""

from au_jax.settings import (
    DataConfig,
    Experiment,
    LossWeighting,
    PretrainingConfig,
    ProtocolConfig,
    laptop,
)
from au_jax.settings.paper import ALL_METHODS


def experiment() -> Experiment:
    """Return the experiment."""
    return Experiment(
        data=DataConfig(name="folder"),
        aus=(),
        methods=ALL_METHODS,
        protocol=ProtocolConfig(folds=3),
        loss_weighting=LossWeighting.BALANCED,
        features=laptop.half_the_components(),
        svm=laptop.balanced_svm(),
        pretraining=PretrainingConfig(steps=1200, data=laptop.built_in_people()),
        cnn=laptop.narrow_cnn(steps=100, learning_rate=1e-3),
        lstm=laptop.small_lstm(window=250, batch_size=10),
        fusion=laptop.short_fusion(),
    )
