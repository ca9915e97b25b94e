"""Preparing recordings in several processes of this machine.

The processes of `concurrent.futures` would do but for three things: which recording a process was
at when it was killed, what it has to tell while it works, and an end at once on Ctrl-C.
"""

import collections
import contextlib
import dataclasses
import multiprocessing
import multiprocessing.connection
import os
import pickle
import signal
import threading
import traceback
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from au_jax.datasets.preparing.dataset_writer import DatasetWriter
from au_jax.datasets.preparing.raw_recording import Failure, RawRecording, Tell, prepare_recording
from au_jax.errors import InputError

_LOST_TO_GIVE_UP = 3
"""So many processes lost without a recording finished in between: something else is wrong."""

_MIN_FRAMES = 3000
"""Frames that are worth a process of their own: it takes two seconds to start and compile."""

_THREAD_LIMITS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NPROC",  # XLA
)


def default_workers(recordings: Sequence[RawRecording]) -> int:
    """Return how many processes to use: as many as cores, unless there is little to do.

    Cores are counted as joblib does: those this process may use, also in a container.
    """
    frames = sum(recording.expected_frames for recording in recordings)
    return max(1, min(_cores(), len(recordings), frames // _MIN_FRAMES))


@dataclasses.dataclass
class _Worker:
    """A process, and the recording it is at."""

    process: SpawnProcess
    connection: Connection
    recording: RawRecording | None = None

    @property
    def at(self) -> str:
        """Name of the recording it is at."""
        return self.recording.key.name if self.recording is not None else ""


@dataclasses.dataclass(frozen=True)
class _Done:
    """The end of a recording, with the error that the whole preparation has to end with."""

    error: Exception | None = None


def prepare_in_processes(
    writer: DatasetWriter, recordings: Sequence[RawRecording], workers: int, tell: Tell
) -> None:
    """Prepare recordings in processes, long ones first.

    A recording whose process is killed, for example because memory ran out, is told as a `Failure`;
    another process takes its place.

    Args:
        writer: where they are written.
        recordings: what is prepared.
        workers: number of processes.
        tell: is called in this process with what happens, as it happens.

    Raises:
        InputError: if one process after the other is lost.
        OSError: if the disk is full.
    """
    waiting = collections.deque(sorted(recordings, key=lambda one: -one.expected_frames))
    crew: list[_Worker] = []
    lost = 0
    try:
        while True:
            if waiting and writer.finished:  # by another process
                waiting.clear()
            _hand_out(waiting, crew, writer, workers)
            busy = {worker.connection: worker for worker in crew if worker.recording is not None}
            if not busy:
                break
            for connection in multiprocessing.connection.wait(list(busy)):
                worker = busy[connection]  # pyright: ignore[reportArgumentType]
                try:
                    message = worker.connection.recv()
                except (EOFError, ConnectionError):
                    crew.remove(worker)
                    worker.connection.close()
                    tell(Failure(worker.at, _why_lost(worker)))
                    lost += 1
                    if lost == _LOST_TO_GIVE_UP:
                        raise InputError(_given_up(worker)) from None
                    continue
                if not isinstance(message, _Done):
                    tell(message)
                    continue
                if message.error:
                    raise message.error
                worker.recording, lost = None, 0
    except BaseException:
        for worker in crew:
            worker.process.terminate()
        raise
    finally:
        for worker in crew:
            worker.connection.close()  # tells a process that nothing more comes
        for worker in crew:
            worker.process.join()


def _hand_out(
    waiting: collections.deque[RawRecording],
    crew: list[_Worker],
    writer: DatasetWriter,
    workers: int,
) -> None:
    """Give every free process a recording, and start processes while there are too few."""
    idle = [worker for worker in crew if worker.recording is None]
    while waiting and (idle or len(crew) < workers):
        if idle:
            worker = idle.pop()
        else:
            worker = _start(writer, threads=max(1, _cores() // workers))
            crew.append(worker)
        worker.recording = waiting.popleft()
        # A process that is gone closes its end; that is met when reading.
        with contextlib.suppress(ConnectionError):
            worker.connection.send(worker.recording)


def _start(writer: DatasetWriter, threads: int) -> _Worker:
    # Not forked: JAX and the readers have threads, whose locks a fork copies as they stand.
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_work, args=(there, writer), daemon=True)
    with _environment_of_workers(threads), _without_interrupts():
        process.start()
    there.close()
    return _Worker(process, here)


def _work(connection: Connection, writer: DatasetWriter) -> None:
    """Prepare what comes until the other end closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process decides
    threading.Thread(target=_end_with_the_main_process, daemon=True).start()
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            recording = connection.recv()
            try:
                prepare_recording(writer, recording, connection.send)
            except ConnectionError:
                return
            except Exception as error:
                connection.send(_Done(_portable(error)))
            else:
                connection.send(_Done())


def _end_with_the_main_process() -> None:
    """End this process at once when the main process is gone, even if it was killed."""
    main = multiprocessing.parent_process()
    if main is not None:
        multiprocessing.connection.wait([main.sentinel])
        os._exit(1)


def _portable(error: Exception) -> Exception:
    """Return an error that can be sent, with where it happened."""
    error.add_note("in a worker process:\n" + "".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))
    # Errors of libraries fail here in their own ways.
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}\n{error.__notes__[-1]}")
    return error


@contextlib.contextmanager
def _environment_of_workers(threads: int) -> Iterator[None]:
    """Set what a process reads while it starts: few threads each, no GPU.

    What the user has set stays.
    """
    wanted = {name: str(threads) for name in _THREAD_LIMITS if name not in os.environ}
    before = os.environ.get("JAX_PLATFORMS")
    os.environ.update({**wanted, "JAX_PLATFORMS": "cpu"})
    try:
        yield
    finally:
        for name in wanted:
            del os.environ[name]
        if before is None:
            del os.environ["JAX_PLATFORMS"]
        else:
            os.environ["JAX_PLATFORMS"] = before


@contextlib.contextmanager
def _without_interrupts() -> Iterator[None]:
    """Hold Ctrl-C back, and let a process that starts inherit this: it must not print of it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _why_lost(worker: _Worker) -> str:
    worker.process.join()
    code = worker.process.exitcode or 0
    if code == -signal.SIGKILL:
        return (
            "its process was killed, as the system does when memory runs out; give fewer --workers "
            "or close other programs"
        )
    if code < 0:
        return f"its process ended with {signal.Signals(-code).name}; the file may be damaged"
    return f"its process ended with exit code {code}"


def _given_up(worker: _Worker) -> str:
    return (
        f"{_LOST_TO_GIVE_UP} processes were lost one after the other; of the last: "
        f"{_why_lost(worker)}. What is finished is kept: run the same command again with fewer "
        "--workers; --workers=1 starts no processes"
    )


def _cores() -> int:
    import joblib  # comes with scikit-learn

    return joblib.cpu_count()
