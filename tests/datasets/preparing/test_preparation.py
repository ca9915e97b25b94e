"""Preparing by one or several processes: the same bytes, and every kind of trouble told."""

import os
import pathlib
import pickle
import signal
import subprocess
import sys
import textwrap
import time
from types import SimpleNamespace
from typing import Any, cast

import joblib
import pytest

from au_jax.datasets.prepared.reading import open_prepared
from au_jax.datasets.preparing.preparation import Execution, prepare_recordings
from au_jax.datasets.preparing.raw_recording import Preparation
from au_jax.errors import InputError
from au_jax.system import worker_processes
from au_jax.system.worker_processes import default_workers
from tests.made.recordings import (
    MadeRecording,
    UnsendableError,
    content,
    make_writer,
    with_trouble,
)

ROOT = pathlib.Path(__file__).parents[3]


def prepare(directory, recordings, workers=1):
    return prepare_recordings(make_writer(directory), recordings, Execution(workers=workers))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The six recordings prepared by this process, undisturbed."""
    directory = tmp_path_factory.mktemp("whole")
    prepare(directory / "made", with_trouble({1: "note"}))
    return directory


TROUBLES = {1: "note", 3: "memory", 4: "unreadable", 5: "killed"}
MESSAGES = (
    "recording s1_1: two frames are lost",
    "recording s0_3: memory ran out; close",
    "recording s1_4: no video in this file",
    "recording s2_5: its process was killed, as the system does when memory runs out",
)


def test_processes_tell_all_trouble_keep_all_else_and_leave_the_same_bytes(tmp_path, whole, capsys):
    with pytest.raises(InputError, match=r"3 of 6 recordings could not be prepared .*The other 3"):
        prepare(tmp_path / "made", with_trouble(TROUBLES), 2)
    err = capsys.readouterr().err
    for message in MESSAGES:
        assert message in err
    parts = {path.name for path in (tmp_path / "made/.preparation").glob("part-*.npz")}
    assert parts == {"part-s0_0.npz", "part-s1_1.npz", "part-s2_2.npz"}
    prepare(tmp_path / "made", with_trouble({1: "note"}), 3)
    assert content(tmp_path) == content(whole)


@pytest.mark.parametrize("trouble", ["memory", "unreadable"])
def test_recording_that_fails_costs_only_itself(tmp_path, whole, capsys, trouble):
    with pytest.raises(InputError, match=r"1 of 6 recordings could not be prepared \(s1_4; first"):
        prepare(tmp_path / "made", with_trouble({1: "note", 4: trouble}))
    err = capsys.readouterr().err
    assert MESSAGES[0] in err and "recording s1_4: " in err
    prepare(tmp_path / "made", with_trouble({1: "note"}))
    assert content(tmp_path) == content(whole)


def test_one_lost_process_after_the_other_ends_the_preparation(tmp_path):
    bad = [MadeRecording(f"a_{number}", trouble="killed") for number in range(9)]
    with pytest.raises(InputError, match=r"3 processes were lost.*--workers=1"):
        prepare(tmp_path / "made", bad, 2)


def test_full_disk_in_a_process_is_an_error_of_the_operating_system(tmp_path):
    with pytest.raises(OSError, match="No space left") as caught:
        prepare(tmp_path / "made", with_trouble({0: "full disk"}), 2)
    assert (caught.value.errno, caught.value.filename) == (28, "faces.tmp")


@pytest.mark.parametrize(
    ("error", "kind"), [(KeyError("x"), KeyError), (UnsendableError("x", "y"), RuntimeError)]
)
def test_mistake_in_the_program_travels_with_its_place(error, kind):
    def fail():
        raise error

    with pytest.raises(type(error)) as caught:
        fail()
    sent = pickle.loads(pickle.dumps(worker_processes._portable(caught.value)))
    assert type(sent) is kind and "x" in str(sent)
    assert "in fail" in str(sent) + "".join(getattr(sent, "__notes__", ()))


@pytest.mark.parametrize(
    ("code", "message"),
    [(-9, "fewer --workers"), (-11, "SIGSEGV; the file may be damaged"), (3, "exit code 3")],
)
def test_end_of_a_process_is_explained(code, message):
    class Process:
        exitcode = code

        def join(self):
            pass

    assert message in worker_processes._why_lost(cast(Any, SimpleNamespace(process=Process())))


def test_processes_have_few_threads_and_no_gpu(tmp_path, monkeypatch):
    monkeypatch.setenv("JAX_PLATFORMS", "cuda")
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("NPROC", raising=False)
    with worker_processes._environment_of_workers(3):
        inside = {name: os.environ[name] for name in ("JAX_PLATFORMS", "OMP_NUM_THREADS", "NPROC")}
    assert inside == {"JAX_PLATFORMS": "cpu", "OMP_NUM_THREADS": "7", "NPROC": "3"}
    assert os.environ["JAX_PLATFORMS"] == "cuda" and "NPROC" not in os.environ


def workers_for(frames, recordings):
    job = Preparation(cast(Any, None), MadeRecording("a", frames))
    return default_workers([job] * recordings)


def test_number_of_processes_follows_cores_and_work(monkeypatch):
    monkeypatch.setattr(joblib, "cpu_count", lambda: 8)
    assert default_workers([]) == 1
    assert workers_for(500, 3) == 1
    assert workers_for(3000, 3) == 3
    assert workers_for(3000, 30) == 8


INTERRUPTED = textwrap.dedent("""
    import sys
    sys.path[:0] = sys.argv[2:]
    from tests.made.recordings import MadeRecording, make_recordings
    from test_preparation import prepare

    if __name__ == "__main__":
        waits = MadeRecording("long", 100, trouble="wait", place=sys.argv[1] + "/pid")
        prepare(sys.argv[1] + "/made", [waits, *make_recordings()], 2)
""")


@pytest.mark.skipif(not pathlib.Path("/proc/self").exists(), reason="reads /proc")
@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_the_main_one(tmp_path, request, kind):
    script = tmp_path / "script.py"
    script.write_text(INTERRUPTED)
    paths = [str(ROOT), str(request.path.parent)]
    process = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path), *paths],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    mark = tmp_path / "pid"
    wait_for(lambda: mark.exists() and mark.read_text(), process)
    wait_for(lambda: len(list((tmp_path / "made/.preparation").glob("part-*"))) == 6, process)
    worker = int(mark.read_text())
    if kind == signal.SIGINT:  # Ctrl-C reaches all processes of the terminal
        os.kill(worker, kind)
        time.sleep(0.3)
        assert alive(worker), "the main process decides"
        os.killpg(process.pid, kind)
    else:
        process.send_signal(kind)
    err = process.communicate(timeout=20)[1]
    assert err.count("Traceback") == (1 if kind == signal.SIGINT else 0), err
    wait_for(lambda: not alive(worker))
    with pytest.raises(InputError, match="was not finished"):
        open_prepared(tmp_path / "made")


def alive(pid):
    try:
        return "(zombie)" not in pathlib.Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_for(condition, process=None, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        assert process is None or process.poll() is None, process.communicate()
        time.sleep(0.005)
