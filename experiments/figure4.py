"""How much shape, Gabor, HOG and fc7 differ between people: the paper's Figure 4.

    python -m au_jax.main --experiment=figure4 --data_dir=DATA
    python -m au_jax.main --experiment=synthetic_figure4

The Jensen-Shannon divergence between people, Eq. (2). As in the paper fc7 comes from a CNN that was
trained on the other data set: `figure4` looks at the runs of `gft_to_bp4d` and `bp4d_to_gft`, its
twin at those of `synthetic_gft_to_bp4d` and `synthetic_bp4d_to_gft`. What these have left in the
same --workdir is taken; CNNs that are missing are trained now. Built-in faces are aligned to one
mean shape, so that the twin has no column for shape. `figure4` was not run by us yet: it needs two
licensed data sets.
"""

from au_jax.settings import AnalysesConfig, Experiment


def experiments() -> dict[str, Experiment]:
    """Return the experiments by name."""
    return {
        f"{synthetic}figure4": Experiment(
            looks_at=tuple(f"{synthetic}{run}" for run in ("gft_to_bp4d", "bp4d_to_gft")),
            methods=("cnn",),
            analyses=AnalysesConfig(shown=("subject_invariance",)),
        )
        for synthetic in ("", "synthetic_")
    }
