"""The command `python -m au_jax.predict`.

Who imports this module gives its name to the package; so it can be called, as the function can.
"""

import sys
import types
from typing import Any

from au_jax.prediction.command_line import run


class _Callable(types.ModuleType):
    def __call__(self, *given: Any, **named: Any) -> Any:  # noqa: ANN401 (as those of `predict`)
        from au_jax.prediction.video_prediction import predict

        return predict(*given, **named)


if __name__ == "__main__":
    sys.exit(run(sys.argv))
sys.modules[__name__].__class__ = _Callable
