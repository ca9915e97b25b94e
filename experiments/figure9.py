"""What an AU wants to see, the paper's Figure 9, and whether the CNN looks where FACS says.

    python -m au_jax.main --experiment=figure9 --data_dir=DATA
    python -m au_jax.main --experiment=synthetic_figure9

The first looks at fold 0 of `gft_10fold`, the second at that of `synthetic_3fold`: at the networks
that those runs have left in the same --workdir, or at ones that are trained now. The second also
trains a CNN on shuffled labels, and draws tested people with each AU at full strength, of which it
is known where the AU moves the face. `figure9` was not run by us yet: it needs a licensed data set.
"""

from au_jax.settings import AnalysesConfig, Experiment

_SHOWN = AnalysesConfig(shown=("preferred_faces", "attribution"))


def experiments() -> dict[str, Experiment]:
    """Return the experiments by name."""
    return {
        "figure9": Experiment(looks_at=("gft_10fold",), methods=("cnn",), analyses=_SHOWN),
        "synthetic_figure9": Experiment(
            looks_at=("synthetic_3fold",), methods=("cnn", "cnn_shuffled_labels"), analyses=_SHOWN
        ),
    }
