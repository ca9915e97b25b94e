"""Working on recordings in several processes of this machine.

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
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from au_jax.errors import InputError
from au_jax.system.jobs import Failure, Job, Tell

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


def default_workers(jobs: Sequence[Job]) -> int:
    """Return how many processes to use: as many as cores, unless there is little to do.

    Cores are counted as joblib does: those this process may use, also in a container.
    """
    frames = sum(job.expected_frames for job in jobs)
    return max(1, min(_cores(), len(jobs), frames // _MIN_FRAMES))


def do_jobs(
    jobs: Sequence[Job],
    workers: int,
    tell: Tell,
    is_over: Callable[[], bool] = lambda: False,
) -> None:
    """Do jobs in processes, or in this one if a single process is wanted.

    Args and errors as of `work_in_processes`.
    """
    workers = min(workers, len(jobs))
    if workers > 1:
        work_in_processes(jobs, workers, tell, is_over)
        return
    for job in jobs:
        if is_over():
            break
        job.do(tell)


@dataclasses.dataclass
class _Worker:
    """A process, and the job it is at."""

    process: SpawnProcess
    connection: Connection
    job: Job | None = None

    @property
    def at(self) -> str:
        """Name of the recording it is at."""
        return self.job.name if self.job is not None else ""


@dataclasses.dataclass(frozen=True)
class _Done:
    """The end of a job, with the error that the whole work has to end with."""

    error: Exception | None = None


def work_in_processes(
    jobs: Sequence[Job],
    workers: int,
    tell: Tell,
    is_over: Callable[[], bool] = lambda: False,
) -> None:
    """Do jobs in processes, long ones first.

    A recording whose process is killed, for example because memory ran out, is told as a `Failure`;
    another process takes its place.

    Args:
        jobs: what is done.
        workers: number of processes.
        tell: is called in this process with what happens, as it happens.
        is_over: tells that nothing more needs to be begun, since somebody else did it.

    Raises:
        InputError: if one process after the other is lost.
        OSError: if the disk is full.
    """
    waiting = collections.deque(sorted(jobs, key=lambda one: -one.expected_frames))
    crew: list[_Worker] = []
    lost = 0
    try:
        while True:
            if waiting and is_over():
                waiting.clear()
            _hand_out(waiting, crew, workers)
            busy = {worker.connection: worker for worker in crew if worker.job is not None}
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
                worker.job, lost = None, 0
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
    waiting: collections.deque[Job],
    crew: list[_Worker],
    workers: int,
) -> None:
    """Give every free process a job, and start processes while there are too few."""
    idle = [worker for worker in crew if worker.job is None]
    while waiting and (idle or len(crew) < workers):
        if idle:
            worker = idle.pop()
        else:
            worker = _start(threads=max(1, _cores() // workers))
            crew.append(worker)
        worker.job = waiting.popleft()
        # A process that is gone closes its end; that is met when reading.
        with contextlib.suppress(ConnectionError):
            worker.connection.send(worker.job)


def _start(threads: int) -> _Worker:
    # Not forked: JAX and the readers have threads, whose locks a fork copies as they stand.
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_work, args=(there,), daemon=True)
    with _environment_of_workers(threads), _without_interrupts():
        process.start()
    there.close()
    return _Worker(process, here)


def _work(connection: Connection) -> None:
    """Do what comes until the other end closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process decides
    threading.Thread(target=_end_with_the_main_process, daemon=True).start()
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            job = connection.recv()
            try:
                job.do(connection.send)
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
