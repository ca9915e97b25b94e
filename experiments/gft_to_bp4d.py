"""Trained on all of GFT, tested on all of BP4D: every method between two data sets.

    python -m au_jax.main --experiment=gft_to_bp4d --data_dir=DATA

The paper has this protocol for its ANet^T only, whose SVMs see people of the tested data set; here
no method does. Positive is A or more in BP4D and, in the public GFT, what its coders call present.
Needs both licensed data sets, and a GPU: 8000 CNN steps of 196 faces. Not run by us yet: no
accuracy to report.
"""

from au_jax.settings import DataConfig, Experiment, ProtocolConfig, Scenario


def experiment() -> Experiment:
    """Return the experiment."""
    return Experiment(
        data=DataConfig(name="gft"),
        test_data=DataConfig(name="bp4d"),
        methods=("svm", "cpm", "jpml", "cnn", "lstm", "hybrid"),
        protocol=ProtocolConfig(scenario=Scenario.BETWEEN),
    )
