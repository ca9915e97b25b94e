"""All methods of a fold as one: the mean of their scores, `ensemble`. Not in the paper.

Methods that see other things are wrong on other frames. Nothing is trained: the spread of each
method's scores is measured on the validation subjects, since those of people whom a network has
learned by heart say too little of others.
"""

import numpy as np

from au_jax.detector.block import Block
from au_jax.detector.ensemble import EnsembleModel
from au_jax.methods.method import Method, Source, Task
from au_jax.settings import Experiment


def _inputs(experiment: Experiment) -> tuple[Source, ...]:
    return tuple(Source(name) for name in experiment.fusion.inputs)


def _fit(task: Task) -> Block:
    rows = task.run.fold.validation
    spread = np.stack([found.outputs().known_scores()[rows].std(axis=0) for found in task.inputs])
    # Scores that never change say nothing, and keep their sign.
    spread = np.where(spread > 0, spread, 1).astype(np.float32)
    return Block(EnsembleModel(spread), tuple(found.block for found in task.inputs))


ENSEMBLE = Method(name="ensemble", fit=_fit, chosen_inputs=_inputs, sections=("fusion",))
