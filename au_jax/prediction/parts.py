"""Work in progress on disk: scored frames of a video, and what is needed to go on from there."""

import json
import pickle
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from etils import epath

from au_jax.prediction.scored_frames import ScoredFrames
from au_jax.prediction.video_scorer import ScorerState
from au_jax.system import atomic_files

_STATE = "state"


class VideoParts:
    """Parts of a video that are done, in a hidden folder of their own beside the results.

    States are pickled: such a folder is read only by the command that wrote it, on the same
    machine, and is gone when the video is done.

    Args:
        folder: the folder; it need not exist.
        made_from: what the parts depend on, as JSON values; parts of something else are removed.
    """

    def __init__(self, folder: epath.Path, made_from: Mapping[str, Any]) -> None:
        self._folder = folder
        key = folder / "made_from.json"
        content = json.loads(json.dumps(made_from))
        if key.exists() and json.loads(key.read_text()) == content:
            self._files = self._consecutive()
        else:
            self.remove()
            atomic_files.write_json(key, content)
            self._files = []

    def frames(self) -> list[ScoredFrames]:
        """Return the parts that are done, in order."""
        parts = (atomic_files.read_arrays(file) for file in self._files)
        return [
            ScoredFrames(**{name: array for name, array in part.items() if name != _STATE})
            for part in parts
        ]

    def state(self) -> ScorerState | None:
        """Return the state after the last part; None if none is done."""
        if not self._files:
            return None
        return pickle.loads(atomic_files.read_arrays(self._files[-1])[_STATE].tobytes())

    def add(self, frames: Sequence[ScoredFrames], state: ScorerState) -> None:
        """Write the next part: frames, and the state after them."""
        file = self._folder / f"part_{len(self._files):06d}.npz"
        pickled = np.frombuffer(pickle.dumps(state), np.uint8)
        arrays = ScoredFrames.joined(frames).arrays()
        atomic_files.write_arrays(file, {**arrays, _STATE: pickled})
        self._files.append(file)

    def remove(self) -> None:
        """Remove the folder."""
        if self._folder.exists():
            self._folder.rmtree()

    def _consecutive(self) -> list[epath.Path]:
        files = sorted(self._folder.glob("part_*.npz"))
        return [file for number, file in enumerate(files) if file.name[5:11] == f"{number:06d}"]
