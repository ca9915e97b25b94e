"""Runs with recordings of any length, as the command leaves them, made up without training."""

import json

import numpy as np
from etils import epath

from au_jax import facs
from au_jax.datasets.dataset import Dataset, FramesTable
from au_jax.methods.registry import in_order
from au_jax.protocol.scenarios import make_protocol
from au_jax.reporting.results import collect_parts
from au_jax.runs.layout import RunFolder
from au_jax.runs.scores import save_scores
from au_jax.settings import DataConfig, Experiment, ProtocolConfig

METHODS = ("cnn", "lstm", "hybrid")
RATE = 25


class StripedFaces:
    """Faces of stripes, made when they are asked for."""

    face_shape = (96, 96, 3)

    def __init__(self, count):
        self.count = count

    def __len__(self):
        return self.count

    def __getitem__(self, indices):
        rows = np.arange(96)[None, :, None, None] + np.asarray(indices)[:, None, None, None]
        return np.broadcast_to((rows * 7 % 256).astype(np.uint8), (len(indices), 96, 96, 3))


def smooth(rng, count, aus, frames=25):
    """Noise that moves within about a second, `[frame, au]`, of unit variance."""
    noise = rng.normal(size=(count, aus)).cumsum(axis=0)
    moved = noise - np.roll(noise, frames, axis=0)
    return moved / moved.std()


def long_dataset(frames, *, subjects, tasks, aus=facs.PAPER_AUS, missing=0.05):
    """Everybody in `tasks` recordings; labels of each AU are missing in a row of frames."""
    rng = np.random.default_rng(0)
    recordings = subjects * tasks
    recording = np.sort(np.arange(frames) % recordings).astype(np.int32)
    frame = (np.arange(frames) - np.searchsorted(recording, recording) + 1).astype(np.int32)
    activity = smooth(rng, frames, len(aus))
    labels = np.where(activity > np.linspace(1.5, 0, len(aus)), 1, -1).astype(np.int8)
    for place in range(len(aus)):
        start = rng.integers(frames)
        labels[start : start + int(missing * frames), place] = 0
    table = FramesTable(
        subject=(recording // tasks).astype(np.int32),
        recording=recording,
        frame=frame,
        time=(frame - 1) / RATE,
        labels=labels,
        tracked=np.ones(frames, bool),
        subjects=tuple(f"F{n:03d}" for n in range(subjects)),
        recordings=tuple(f"F{n // tasks:03d}_T{n % tasks + 1}" for n in range(recordings)),
    )
    return Dataset("bp4d", aus, table, StripedFaces(frames), "made"), activity


def long_run(folder, frames, *, subjects=41, tasks=8, folds=10, aus=facs.PAPER_AUS, logs=0):
    """Write scores, and logs of so many evaluations; return what the report takes."""
    data, activity = long_dataset(frames, subjects=subjects, tasks=tasks, aus=aus)
    rng = np.random.default_rng(1)
    experiment = Experiment(
        name="long",
        data=DataConfig(name="bp4d"),
        aus=aus,
        methods=METHODS,
        protocol=ProtocolConfig(folds=folds),
    )
    protocol = make_protocol(data, None, experiment.protocol)
    run = RunFolder(epath.Path(folder) / "long")
    ordered = in_order(METHODS, experiment)
    for method in ordered:
        scores = activity - 0.7 + smooth(rng, frames, len(aus)) * 0.8
        for number, fold in enumerate(protocol.folds):
            place = run.method(number, method)
            save_scores(place.test_scores, data, fold.test, scores[fold.test])
            place.timing.write_text(json.dumps({"seconds": 60.0 * (number + 1)}))
            if method in METHODS and logs:
                place.log.write_text("".join(map(_log_line, range(logs))))
    for file in (run.config, run.environment):
        file.write_text(json.dumps({}))
    results = collect_parts(run, experiment=experiment, parts=protocol.parts, methods=ordered)
    return run, results, experiment, protocol


def _log_line(step):
    values = {"train_loss": 2 / (step + 1), "validation_loss": 3 / (step + 1)}
    return json.dumps({"step": 10 * step, **values, "validation_f1_frame": 0.05 * step}) + "\n"
