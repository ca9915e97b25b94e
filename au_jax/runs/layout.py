"""What lies where in the folder of a run; the only place that knows its file names.

<workdir>/<experiment>/
    config.json environment.json results.json report/
    features/KIND/              computed features of every frame, for all folds
    pretraining/ transfer/      as a fold: the CNN that was trained on other data
    detector/                   a copy of the final detector that holds all it needs
    final/METHOD/               as a fold: what was trained on all subjects
    fold_00/analyses/NAME.npz   what an analysis of its networks found
    fold_00/METHOD/
        detector.json model/    what was trained (`au_jax.detector`)
        calibration.json        what its scores mean, from the validation subjects
        scores.npy features.npy its outputs for every frame, where later methods need them
        cross_fit/              the same outputs, of training people by others than its models
        scores.npz timing.json  scores of the test frames; these mark the method as finished
        metrics.jsonl training/ log and latest state of a training
"""

import dataclasses
import json
import re

from etils import epath

from au_jax.training import METRICS_FILE


@dataclasses.dataclass(frozen=True)
class MethodFolder:
    """The folder of a method in a fold, or of features that all folds share.

    Attributes:
        path: the folder; it need not exist.
    """

    path: epath.Path

    @property
    def test_scores(self) -> epath.Path:
        """Scores of the test frames beside their labels; see `runs.scores`."""
        return self.path / "scores.npz"

    @property
    def calibration(self) -> epath.Path:
        """What its scores mean; from the validation subjects. None of a method that adapts."""
        return self.path / "calibration.json"

    @property
    def all_scores(self) -> epath.Path:
        """Scores of every row of the frames table, float32 `[frame, au]`."""
        return self.path / "scores.npy"

    @property
    def all_features(self) -> epath.Path:
        """Features of every row of the frames table, float16 `[frame, feature]`."""
        return self.path / "features.npy"

    @property
    def cross_fit(self) -> "MethodFolder":
        """Scores and features of every row, of training people as of strangers."""
        return MethodFolder(self.path / "cross_fit")

    @property
    def timing(self) -> epath.Path:
        """Seconds that the method took; of a run that was stopped, those of its last part."""
        return self.path / "timing.json"

    @property
    def log(self) -> epath.Path:
        """A line for each evaluation of its training."""
        return self.path / METRICS_FILE

    @property
    def subjects(self) -> epath.Path:
        """Scores of test subjects that a method adapts to one after the other."""
        return self.path / "subjects"

    @property
    def search(self) -> epath.Path:
        """Settings that a search has tried."""
        return self.path / "settings"

    def seconds(self) -> float | None:
        """Return the seconds that the method took; None if that is not known."""
        return json.loads(self.timing.read_text())["seconds"] if self.timing.exists() else None


@dataclasses.dataclass(frozen=True)
class RunFolder:
    """The folder of a run.

    Attributes:
        path: `<workdir>/<experiment>`.
    """

    path: epath.Path

    @property
    def config(self) -> epath.Path:
        """The settings, and the digest of the data; see `runs.configuration`."""
        return self.path / "config.json"

    @property
    def environment(self) -> epath.Path:
        """Versions and devices of the last command."""
        return self.path / "environment.json"

    @property
    def results(self) -> epath.Path:
        """All numbers of the tables."""
        return self.path / "results.json"

    @property
    def report(self) -> epath.Path:
        """The page, its tables and its figures."""
        return self.path / "report"

    def fold(self, number: int) -> epath.Path:
        """Return the folder of a fold, from 0."""
        return self.path / f"fold_{number:02d}"

    def other_data(self, name: str) -> epath.Path:
        """Return the folder of training on other data, such as `pretraining`."""
        return self.path / name

    @property
    def detector(self) -> epath.Path:
        """A detector that was trained on all subjects, which can be copied."""
        return self.path / "detector"

    @property
    def final(self) -> epath.Path:
        """As a fold without test subjects: what was trained on all subjects."""
        return self.path / "final"

    def method(self, fold: int, name: str) -> MethodFolder:
        """Return the folder of a method in a fold."""
        return MethodFolder(self.fold(fold) / name)

    def analysis(self, fold: int, name: str) -> epath.Path:
        """Return the file of what an analysis of a fold found."""
        return analysis_file(self.fold(fold), name)

    def folds(self) -> list[int]:
        """Return the folds that have a folder, in order."""
        if not self.path.is_dir():
            return []
        found = (re.fullmatch(r"fold_(\d+)", place.name) for place in self.path.iterdir())
        return sorted(int(match.group(1)) for match in found if match)


def analysis_file(fold: epath.Path, name: str) -> epath.Path:
    """Return the file of what an analysis found, in the folder of a fold."""
    return fold / "analyses" / f"{name}.npz"
