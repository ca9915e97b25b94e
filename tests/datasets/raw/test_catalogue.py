"""What the commands know of a kind of raw data comes from its entry alone."""

import subprocess
import sys

import pytest

from au_jax import prepare
from au_jax.datasets.prepared.finding import load_dataset
from au_jax.datasets.raw.catalogue import CATALOGUE, CatalogueEntry, PublishedBaseRates
from au_jax.errors import InputError
from tests.made.datasets import MADE, write_made_landmarks


def run(*arguments):
    return prepare.run(["prepare", *map(str, arguments)])


def test_reader_and_entry_make_a_data_set(tmp_path, monkeypatch, capsys):
    entry = CatalogueEntry(
        "A new data set",
        "au_jax.datasets.raw.gft:read_gft",
        "https://example.org/new",
        options=("landmarks", "camera"),
        base_rates=PublishedBaseRates({12: 43.2}, "counted by us", positive_from=None, subjects=7),
    )
    monkeypatch.setitem(CATALOGUE, "new", entry)
    MADE["gft"][0](tmp_path / "source")
    landmarks = write_made_landmarks(tmp_path / "landmarks", "gft")
    with pytest.raises(InputError, match=r"A new data set at https://example\.org/new .*=new "):
        load_dataset("new", tmp_path)
    source = ("--dataset=new", f"--source={tmp_path / 'source'}")
    assert run(*source, "--check", "--camera=left") == 0
    out = capsys.readouterr().out
    assert "A new data set in" in out and "43.2 %" in out and "subjects    3 of 7" in out
    assert run(*source, "--check", "--positive_from=B") == 2
    assert "--positive_from is for bp4d, bp4d_plus, gft, disfa\n" in capsys.readouterr().err
    assert run("--dataset=gft", "--source=x", "--camera=left") == 2
    assert "--camera is for disfa, new\n" in capsys.readouterr().err
    more = (f"--landmarks={landmarks}", f"--data_dir={tmp_path}", "--face_size=16")
    assert run(*source, *more) == 0
    assert len(load_dataset("new", tmp_path).frames) == 42


def test_prepared_data_are_found_without_importing_a_reader():
    code = (
        "import sys, au_jax.datasets.prepared.finding, au_jax.protocol.published_folds\n"
        "print(*(name for name in sys.modules if name.startswith('au_jax.datasets.raw.')))"
    )
    found = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert found.split() == ["au_jax.datasets.raw.catalogue"]
