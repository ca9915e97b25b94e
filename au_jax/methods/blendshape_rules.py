"""MediaPipe's blendshapes read as action units, as a method: it learns nothing from labels."""

from au_jax.detector.blendshape_rules import rules_block
from au_jax.detector.block import Block
from au_jax.methods.method import Method, Task


def _fit(task: Task) -> Block:
    return rules_block(task.run.dataset.aus)


BLENDSHAPE_RULES = Method(name="blendshape_rules", fit=_fit)
