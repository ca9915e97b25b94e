"""A network in a TFLite file, run by LiteRT (https://ai.google.dev/edge/litert) on the CPU."""

from typing import Any

import numpy as np

from au_jax.errors import InputError


class LiteNetwork:
    """A network with one input, ready to run.

    It uses one thread: a second one saves a third of a millisecond per picture, while a second
    process that prepares another recording does twice the work.

    Args:
        content: of its file.

    Raises:
        InputError: if LiteRT is not installed.
    """

    def __init__(self, content: bytes) -> None:
        make_interpreter = _import_interpreter()
        # LiteRT does not copy the content, so it must live as long as the interpreter.
        self._content = content
        self._interpreter = make_interpreter(model_content=self._content, num_threads=1)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        details = self._interpreter.get_output_details()
        self._outputs = {output["name"]: output["index"] for output in details}

    def __call__(self, given: np.ndarray) -> dict[str, np.ndarray]:
        """Run the network.

        Args:
            given: float32, a picture `[height, width, 3]` in the range that the network was trained
                with, or whatever it takes.

        Returns:
            its outputs by name.
        """
        self._interpreter.set_tensor(self._input, given[None])
        self._interpreter.invoke()
        return {name: self._interpreter.get_tensor(i) for name, i in self._outputs.items()}


def _import_interpreter() -> Any:  # noqa: ANN401 (a class of an optional import)
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError as error:
        raise InputError(
            'finding landmarks needs LiteRT; install it with: pip install -e ".[landmarks]" (or '
            "name a landmark file for every recording)"
        ) from error
    return Interpreter
