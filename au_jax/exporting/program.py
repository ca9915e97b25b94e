"""The blocks of a detector as one pure function of arrays."""

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping

import jax
import jax.numpy as jnp
import numpy as np
from flax.traverse_util import flatten_dict, unflatten_dict

from au_jax.detector.block import Block
from au_jax.detector.computed_features import ComputedFeatures
from au_jax.detector.detector import Detector
from au_jax.errors import InputError
from au_jax.exporting.computed import computed_step
from au_jax.exporting.steps import STEPS, Frames, Step, Traced
from au_jax.faces.mean_shape import STABLE_POINTS

FACES, LANDMARKS, STATE, SCORES = "faces", "landmarks", "state", "scores"
"""Names of inputs and outputs."""
FRAMES = "frames"
"""The name of the one axis of unknown length, frames of a recording in order."""


@dataclasses.dataclass(frozen=True)
class Array:
    """An input or an output.

    Attributes:
        name: one of `FACES`, `LANDMARKS`, `STATE`, `SCORES`.
        shape: lengths of the axes; `FRAMES` is not known beforehand.
        dtype: its type.
    """

    name: str
    shape: tuple[int | str, ...]
    dtype: np.dtype


@dataclasses.dataclass(frozen=True)
class NamedStep:
    """A block of a detector in a program.

    Attributes:
        name: prefix of its parameters: its kind, with a number where there are several of a kind.
        block: the block.
        step: what it does.
        inputs: names of the steps whose outputs it takes.
    """

    name: str
    block: Block
    step: Step
    inputs: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Program:
    """A detector as a function of consecutive frames of one recording.

    Attributes:
        steps: in the order in which they are computed; the last one gives the scores.
        face_shape: height, width and channels of the faces.
        num_aus: number of the scores.
    """

    steps: tuple[NamedStep, ...]
    face_shape: tuple[int, int, int]
    num_aus: int

    @property
    def state_size(self) -> int:
        """How many numbers go on from a frame to the next; 0 where frames are scored singly."""
        return sum(one.step.state_size for one in self.steps)

    @property
    def inputs(self) -> tuple[Array, ...]:
        """What `__call__` takes after the parameters."""
        faces = Array(FACES, (FRAMES, *self.face_shape), np.dtype(np.uint8))
        points = (FRAMES, len(STABLE_POINTS), 2)
        landmarks = Array(LANDMARKS, points, np.dtype(np.float32))
        takes = any(one.step.takes_landmarks for one in self.steps)
        return (faces, *([landmarks] if takes else []), *self._state)

    @property
    def outputs(self) -> tuple[Array, ...]:
        """What `__call__` returns."""
        return (Array(SCORES, (FRAMES, self.num_aus), np.dtype(np.float32)), *self._state)

    @property
    def _state(self) -> tuple[Array, ...]:
        return (Array(STATE, (self.state_size,), np.dtype(np.float32)),) * (self.state_size > 0)

    def parameters(self) -> dict[str, np.ndarray]:
        """Return all parameters by flat names, such as `cnn/params/conv1/kernel`."""
        nested = {one.name: one.step.parameters for one in self.steps if one.step.parameters}
        return {name: np.asarray(array) for name, array in flatten_dict(nested, sep="/").items()}

    def __call__(
        self, parameters: Mapping[str, jax.Array], *inputs: jax.Array
    ) -> tuple[jax.Array, ...]:
        """Return scores float32 `[frame, au]` and, if there is one, the state after the last frame.

        Args:
            parameters: those of `parameters()`.
            inputs: the arrays of `inputs`; a state of zeros begins a recording.
        """
        given = dict(zip([one.name for one in self.inputs], inputs, strict=True))
        nested = unflatten_dict(dict(parameters), sep="/")
        frames = Frames(given[FACES], given.get(LANDMARKS))
        state, states = given.get(STATE, jnp.zeros(0)), []
        found: dict[str, Traced] = {}
        for one in self.steps:
            own, state = state[: one.step.state_size], state[one.step.state_size :]
            before = [found[name] for name in one.inputs]
            found[one.name], own = one.step.apply(nested.get(one.name), frames, before, own)
            states.append(own)
        scores = found[self.steps[-1].name].scores
        assert scores is not None
        return (scores, *([jnp.concatenate(states)] if self.state_size else []))


def program_of(detector: Detector) -> Program:
    """Return the program of a detector.

    Raises:
        InputError: for a kind of model that has no step.
    """
    blocks = list(_in_order(detector.block, set()))
    kinds = Counter(block.model.KIND for block in blocks)
    names: dict[int, str] = {}
    used: Counter[str] = Counter()
    steps = []
    for block in blocks:
        kind = block.model.KIND
        names[id(block)] = f"{kind}_{used[kind]}" if kinds[kind] > 1 else kind
        used[kind] += 1
        inputs = tuple(names[id(one)] for one in block.inputs)
        steps.append(NamedStep(names[id(block)], block, _step_of(block, detector), inputs))
    return Program(tuple(steps), detector.face_shape, len(detector.aus))


def _in_order(block: Block, seen: set[int]) -> Iterator[Block]:
    """Yield every block of a tree once, after those that it builds on."""
    if id(block) in seen:
        return
    seen.add(id(block))
    for one in block.inputs:
        yield from _in_order(one, seen)
    yield block


def _step_of(block: Block, detector: Detector) -> Step:
    model = block.model
    if isinstance(model, ComputedFeatures):
        return computed_step(model, detector.face_shape)
    make = STEPS.get(type(model))
    if make is None:
        known = [ComputedFeatures.KIND, *(kind.KIND for kind in STEPS)]
        method = detector.description.origin.get("method", "this detector")
        raise InputError(
            f"{method} builds on a model of the kind {model.KIND!r}, which cannot be exported; "
            f"those that can: {', '.join(known)}. Export another method, with --method=NAME"
        )
    return make(model)
