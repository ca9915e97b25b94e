"""All methods by name, and the order in which they run."""

import time
from collections.abc import Sequence

from au_jax.errors import InputError
from au_jax.methods.always_present import ALWAYS_PRESENT
from au_jax.methods.anet_t import ANET_T
from au_jax.methods.cnn import CNN
from au_jax.methods.cnn_single_label import CNN_SINGLE_LABEL
from au_jax.methods.cnn_variants import CNN_VARIANTS
from au_jax.methods.cpm.method import CPM
from au_jax.methods.fold_run import FoldRun, Method, save_scores, scores_file
from au_jax.methods.fusion_variants import FUSION_VARIANTS
from au_jax.methods.hybrid import HYBRID
from au_jax.methods.jpml.method import JPML
from au_jax.methods.lstm import LSTM
from au_jax.methods.lstm_variants import LSTM_VARIANTS
from au_jax.methods.svm import SVM
from au_jax.system import atomic_files

TIMING_FILE = "timing.json"
"""Seconds that a method took in a fold; of a run that was stopped, those of its last part."""

METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        *(ALWAYS_PRESENT, SVM, ANET_T, CPM, JPML, CNN, LSTM, HYBRID),
        *(*FUSION_VARIANTS, *LSTM_VARIANTS, CNN_SINGLE_LABEL, *CNN_VARIANTS),
    )
}


def in_order(names: Sequence[str]) -> list[str]:
    """Return the methods to run: the baseline, then `names` after what they build on.

    Raises:
        InputError: for a name that is not known.
    """
    ordered: list[str] = []

    def add(name: str) -> None:
        if name not in METHODS:
            raise InputError(f"unknown method {name!r}; known are: {', '.join(METHODS)}")
        for required in METHODS[name].requires:
            add(required)
        if name not in ordered:
            ordered.append(name)

    for name in (ALWAYS_PRESENT.name, *names):
        add(name)
    return ordered


def run_methods(fold_run: FoldRun, names: Sequence[str]) -> None:
    """Run methods on a fold; those whose scores are there already are not run again."""
    for name in in_order(names):
        if not scores_file(fold_run.directory, name).exists():
            started = time.monotonic()
            scores = METHODS[name].run(fold_run)
            took = {"seconds": round(time.monotonic() - started, 1)}
            atomic_files.write_json(fold_run.folder(name) / TIMING_FILE, took)
            save_scores(fold_run, name, scores)
