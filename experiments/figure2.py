"""The first layer of the CNN: the filters of the paper's Figure 2 (d) and (e), and their colours.

    python -m au_jax.main --experiment=figure2 --data_dir=DATA
    python -m au_jax.main --experiment=synthetic_figure2

The first looks at fold 0 of `gft_10fold`, the second at that of `synthetic_3fold`: at the networks
that those runs have left in the same --workdir, or at ones that are trained now. Those of
`synthetic_3fold` see grey contrast, so that the table of colours is left out there. `figure2` was
not run by us yet: it needs a licensed data set.
"""

from au_jax.settings import AnalysesConfig, Experiment


def experiments() -> dict[str, Experiment]:
    """Return the experiments by name."""
    return {
        name: Experiment(
            looks_at=(run,), methods=("cnn",), analyses=AnalysesConfig(shown=("filters",))
        )
        for name, run in (("figure2", "gft_10fold"), ("synthetic_figure2", "synthetic_3fold"))
    }
