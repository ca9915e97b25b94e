"""Preparing through Apache Beam on its local runner; skipped where Beam is not installed."""

import importlib.util
import sys

import pytest

from au_jax import prepare
from au_jax.datasets.preparing.preparation import Execution, prepare_recordings
from au_jax.errors import InputError
from tests.made.recordings import (
    content,
    make_recordings,
    make_writer,
    with_trouble,
)
from tests.made.videos import write_folder

needs_beam = pytest.mark.skipif(
    importlib.util.find_spec("apache_beam") is None, reason="needs pip install 'au_jax[beam]'"
)
ON_BEAM = Execution(runner="BundleBasedDirectRunner")
"""The local runner inside this process; `DirectRunner` may download another one."""


@needs_beam
def test_same_bytes_as_without_beam_also_after_trouble(tmp_path, capsys):
    prepare_recordings(make_writer(tmp_path / "one/made"), with_trouble({1: "note"}))
    capsys.readouterr()
    writer = make_writer(tmp_path / "beam/made")
    with pytest.raises(InputError, match=r"1 of 6 recordings .*s1_4; first: no video in this"):
        prepare_recordings(writer, with_trouble({1: "note", 4: "unreadable"}), ON_BEAM)
    err = capsys.readouterr().err
    assert "recording s1_1: two frames are lost" in err
    assert "recording s1_4: no video in this file" in err
    assert len(list(writer.preparation_folder.glob("part-*"))) == 5
    prepare_recordings(writer, with_trouble({1: "note"}), ON_BEAM)
    assert content(tmp_path / "one") == content(tmp_path / "beam")
    prepare_recordings(writer, with_trouble({1: "note"}), ON_BEAM)
    assert content(tmp_path / "one") == content(tmp_path / "beam")


@needs_beam
def test_command_with_workers_of_their_own_process(tmp_path, capsys, monkeypatch):
    source = write_folder(tmp_path / "faces", recordings=3, frames=6)
    command = ["prepare", "--dataset=folder", f"--source={source}", "--face_size=24"]
    assert prepare.run([*command, f"--data_dir={tmp_path / 'one'}"]) == 0
    monkeypatch.chdir(tmp_path)
    beam = [
        "--data_dir=beam",
        "--runner=DirectRunner",
        "--beam_options=--direct_running_mode=multi_processing --direct_num_workers=2",
    ]
    assert prepare.run([*command, *beam]) == 0
    assert content(tmp_path / "one") == content(tmp_path / "beam")


@needs_beam
def test_wrong_runner_is_told(tmp_path):
    with pytest.raises(InputError, match=r"--runner=Sparkly .*Valid values are DataflowRunner"):
        prepare_recordings(
            make_writer(tmp_path / "made"), make_recordings(), Execution(runner="Sparkly")
        )


@needs_beam
def test_folder_that_workers_do_not_reach_is_told(tmp_path, monkeypatch):
    from au_jax.datasets.preparing import beam_pipeline

    monkeypatch.setattr(beam_pipeline, "_prepare", lambda writer, recording: None)
    with pytest.raises(InputError, match=r"6 of 6 .*but it is not in .*made; give a --data_dir"):
        prepare_recordings(make_writer(tmp_path / "made"), make_recordings(), ON_BEAM)


def test_beam_that_is_not_installed_is_told(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "apache_beam", None)
    with pytest.raises(InputError, match=r"needs Apache Beam .*pip install 'au_jax\[beam\]'"):
        prepare_recordings(make_writer(tmp_path / "made"), make_recordings(), ON_BEAM)
