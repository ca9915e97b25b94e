"""The trivial baseline: every action unit is present in every frame."""

from au_jax.detector.block import Block
from au_jax.detector.columns import ConstantModel
from au_jax.methods.method import Method, Task


def _fit(task: Task) -> Block:
    return Block(ConstantModel(1.0, len(task.run.dataset.aus)))


ALWAYS_PRESENT = Method(name="always_present", fit=_fit)
