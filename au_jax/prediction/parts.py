"""Work in progress on disk: scored frames of a video, and what is needed to go on from there."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from etils import epath

from au_jax.prediction.scored_frames import ScoredFrames
from au_jax.prediction.state_arrays import state_from_arrays, state_to_arrays
from au_jax.prediction.video_scorer import ScorerState
from au_jax.system import atomic_files

_KEY, _STATE = "made_from.json", "state_"


def is_under_way(folder: epath.Path, made_from: Mapping[str, Any]) -> bool:
    """Return whether a folder holds work in progress that depends on just this."""
    if not (folder / _KEY).exists():
        return False
    return json.loads((folder / _KEY).read_text()) == json.loads(json.dumps(made_from))


class VideoParts:
    """Parts of a video that are done, in a hidden folder of their own beside the results.

    The folder is gone when the video is done.

    Args:
        folder: the folder; it need not exist.
        made_from: what the parts depend on, as JSON values; parts of something else are removed.
    """

    def __init__(self, folder: epath.Path, made_from: Mapping[str, Any]) -> None:
        self._folder = folder
        if is_under_way(folder, made_from):
            self._files = self._consecutive()
        else:
            self.remove()
            atomic_files.write_json(folder / _KEY, made_from)
            self._files = []

    def frames(self) -> list[ScoredFrames]:
        """Return the parts that are done, in order."""
        parts = (atomic_files.read_arrays(file) for file in self._files)
        return [
            ScoredFrames(**{n: array for n, array in part.items() if not n.startswith(_STATE)})
            for part in parts
        ]

    def state(self) -> ScorerState | None:
        """Return the state after the last part; None if none is done."""
        if not self._files:
            return None
        part = atomic_files.read_arrays(self._files[-1])
        return state_from_arrays(
            {n.removeprefix(_STATE): array for n, array in part.items() if n.startswith(_STATE)}
        )

    def add(self, frames: Sequence[ScoredFrames], state: ScorerState) -> None:
        """Write the next part: frames, and the state after them."""
        file = self._folder / f"part_{len(self._files):06d}.npz"
        of_state = {f"{_STATE}{name}": array for name, array in state_to_arrays(state).items()}
        arrays = ScoredFrames.joined(frames).arrays()
        atomic_files.write_arrays(file, {**arrays, **of_state})
        self._files.append(file)

    def abandon(self) -> None:
        """Remove the folder if nothing is done, as of a video that cannot be read."""
        if not self._files:
            self.remove()

    def remove(self) -> None:
        """Remove the folder."""
        if self._folder.exists():
            self._folder.rmtree()

    def _consecutive(self) -> list[epath.Path]:
        files = sorted(self._folder.glob("part_*.npz"))
        return [file for number, file in enumerate(files) if file.name[5:11] == f"{number:06d}"]
