"""Features in the plane by t-SNE, coloured by AU and by person: the paper's Figure 3.

    python -m au_jax.main --experiment=figure3 --data_dir=DATA
    python -m au_jax.main --experiment=figure3 --data_dir=DATA --feature_files=vgg=vgg.npz
    python -m au_jax.main --experiment=synthetic_figure3

HOG beside what the networks make of a face, and any features of your own; silhouettes say in
numbers how far people, and AUs, lie apart. As in the paper the networks have not seen the data set:
`figure3` looks at the run of `gft_to_bp4d`, its twin at that of `synthetic_gft_to_bp4d`. What these
have left in the same --workdir is taken; what is missing is trained now. `figure3` was not run by
us yet: it needs two licensed data sets.
"""

from au_jax.settings import AnalysesConfig, Experiment


def experiments() -> dict[str, Experiment]:
    """Return the experiments by name."""
    return {
        f"{synthetic}figure3": Experiment(
            looks_at=(f"{synthetic}gft_to_bp4d",),
            methods=("cnn", "lstm", "hybrid"),
            analyses=AnalysesConfig(shown=("embedding",)),
        )
        for synthetic in ("", "synthetic_")
    }
