"""Progress bars: one place that decides how a long job shows that it is alive."""

import sys

from tqdm import tqdm

from au_jax.system.jobs import Event, Failure, FramesDone, Note, Tell


def progress_bar(total: int, description: str, unit: str = "it", initial: int = 0) -> tqdm:
    """Return a progress bar on standard error.

    On a terminal it redraws itself; in a log file it writes a line every ten seconds, so that the
    log of a cluster job stays readable.

    Args:
        total: number of units of the whole job.
        description: what is being done, a few words.
        unit: the name of one unit.
        initial: units already done in an earlier run.
    """
    return tqdm(
        total=total,
        desc=description,
        unit=unit,
        initial=initial,
        file=sys.stderr,
        dynamic_ncols=True,
        mininterval=0.5 if sys.stderr.isatty() else 10.0,
    )


def teller(bar: tqdm, failures: list[Failure]) -> Tell:
    """Return what shows the events of jobs beside a bar of frames, and collects the failures."""

    def tell(event: Event) -> None:
        match event:
            case FramesDone(frames):
                bar.update(frames)
            case Note(recording, text):
                bar.write(f"recording {recording}: {text}", file=sys.stderr)
            case Failure(recording, reason):
                failures.append(event)
                bar.write(f"recording {recording}: {reason}", file=sys.stderr)

    return tell
