"""How long the report of a large run takes to write and to open, and how large it is.

    python -m tests.benchmarks.report_page --frames=250000 --out=/tmp/large_run

The run is made up: 41 people in eight recordings each, 10 folds, 12 AUs, scores of three methods
that move slowly. Opening is timed in Chromium, if there is one: from the start of the navigation
until the page can be used (`domInteractive`), until everything is loaded; then how long a time line
takes to answer to a key.
"""

import argparse
import json
import pathlib
import tempfile
import time

import numpy as np
from etils import epath

from au_jax import facs
from au_jax.datasets.dataset import Dataset, FramesTable
from au_jax.methods.registry import in_order
from au_jax.protocol.scenarios import make_protocol
from au_jax.reporting.page import write_report
from au_jax.reporting.results import collect_parts
from au_jax.runs.layout import RunFolder
from au_jax.runs.scores import save_scores
from au_jax.settings import DataConfig, Experiment, ProtocolConfig
from tests.made.browser import browser

METHODS = ("cnn", "lstm", "hybrid")
SUBJECTS, TASKS, RATE = 41, 8, 25


class MadeFaces:
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


def made_run(folder, frames):
    """Write the scores of a run and return what the report takes."""
    rng = np.random.default_rng(0)
    aus = facs.PAPER_AUS
    recordings = SUBJECTS * TASKS
    recording = np.sort(np.arange(frames) % recordings).astype(np.int32)
    frame = (np.arange(frames) - np.searchsorted(recording, recording) + 1).astype(np.int32)
    activity = smooth(rng, frames, len(aus))
    labels = np.where(activity > np.linspace(1.5, 0, len(aus)), 1, -1).astype(np.int8)
    table = FramesTable(
        subject=(recording // TASKS).astype(np.int32),
        recording=recording,
        frame=frame,
        time=(frame - 1) / RATE,
        labels=labels,
        tracked=np.ones(frames, bool),
        subjects=tuple(f"F{n:03d}" for n in range(SUBJECTS)),
        recordings=tuple(f"F{n // TASKS:03d}_T{n % TASKS + 1}" for n in range(recordings)),
    )
    data = Dataset("bp4d", aus, table, MadeFaces(frames), "made")
    experiment = Experiment(
        name="large",
        data=DataConfig(name="bp4d"),
        aus=aus,
        methods=METHODS,
        protocol=ProtocolConfig(folds=10),
    )
    protocol = make_protocol(data, None, experiment.protocol)
    run = RunFolder(epath.Path(folder) / "large")
    ordered = in_order(METHODS, experiment)
    for method in ordered:
        scores = activity - 0.7 + smooth(rng, frames, len(aus)) * 0.8
        for number, fold in enumerate(protocol.folds):
            save_scores(run.method(number, method).test_scores, data, fold.test, scores[fold.test])
    for file in (run.config, run.environment):
        file.write_text(json.dumps({}))
    results = collect_parts(run, experiment=experiment, parts=protocol.parts, methods=ordered)
    return run, results, experiment, protocol


def opened(page):
    """Return seconds until the page can be used, is loaded, and has answered to a key."""
    with tempfile.TemporaryDirectory() as profile, browser(pathlib.Path(profile)) as window:
        window.open(page)
        times = window.run(
            "(([one]) => [one.domInteractive / 1000, one.loadEventEnd / 1000])"
            "(performance.getEntriesByType('navigation'))"
        )
        window.run("document.getElementById('slider').focus()")
        start = time.perf_counter()
        window.key("End")
        window.settle()
        assert window.run("document.getElementById('slider').ariaValueNow") != "1"
        assert window.complaints == []
        return *times, time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=250_000)
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    made = made_run(options.out, options.frames)
    start = time.perf_counter()
    page = write_report(*made)
    print(f"written in {time.perf_counter() - start:.1f} s, {page.stat().length / 1e6:.1f} MB")
    usable, loaded, key = opened(pathlib.Path(page))
    print(f"usable after {usable:.2f} s, loaded after {loaded:.2f} s, a key takes {key:.3f} s")


if __name__ == "__main__":
    main()
