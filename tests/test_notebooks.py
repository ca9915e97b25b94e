"""The notebooks: clean in the repository, and they run from top to bottom."""

import os
import pathlib
import re

import nbformat
import pytest
from nbclient import NotebookClient

from experiments.notebooks import address, rendered

ROOT = pathlib.Path(__file__).parents[1]
WITHOUT_FACES_TO_FIND = ("samplers", "full_size_training", "reading_a_run")
SECONDS = 600
"""For one cell on a busy machine; a notebook takes about one minute."""
TROUBLE = re.compile(r"^(error|usage):|Traceback|command not found", re.MULTILINE)

ALL_NOTEBOOKS = "AU_JAX_ALL_NOTEBOOKS"
MINUTES = ("own_videos", "quick_start", "reading_a_run")
"""They train three folds each."""

notebooks = pytest.mark.parametrize("file", address.NOTEBOOKS, ids=lambda file: file.stem)


def read(file):
    return nbformat.read(file, as_version=4)


def test_all_are_found():
    assert [file.stem for file in address.NOTEBOOKS] == [
        *("full_size_training", "own_videos", "quick_start", "reading_a_run", "samplers")
    ]


@notebooks
def test_is_kept_without_outputs(file):
    content = read(file)
    nbformat.validate(content)
    assert set(content.metadata) == {"kernelspec", "language_info"}
    for cell in content.cells:
        assert not cell.metadata
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None


@notebooks
def test_begins_with_badge_title_and_installation(file):
    badge, title, installation = read(file).cells[:3]
    assert badge.cell_type == "markdown" and badge.source.startswith("[![Open in Colab](")
    assert f"]({address.colab_link(address.repository(), file.name)})" in badge.source
    assert title.source.startswith("# ")
    assert f'REPOSITORY = "{address.repository()}"' in installation.source
    assert "%pip install" in installation.source


def test_address_is_the_same_everywhere_and_can_be_changed(capsys):
    assert address.main([]) == 0, capsys.readouterr().out
    file = address.NOTEBOOKS[0]
    text = file.read_text("utf-8")
    other = address.with_address(text, "https://github.com/somebody/else", file.name)
    assert other.count("somebody/else") == 2 and address.repository() not in other
    assert address.with_address(other, address.repository(), file.name) == text
    with pytest.raises(ValueError, match="0 places match"):
        address.with_address("{}", address.repository(), file.name)


def test_rendered_copy_is_of_the_notebook_as_it_is():
    text = (ROOT / "docs/quick_start.md").read_text("utf-8")
    place = 0
    for part in rendered.sources(read(rendered.FOLDER / "quick_start.ipynb")):
        place = text.find(part, place)
        assert place >= 0, f"run python -m experiments.notebooks.rendered; not in docs: {part}"
    pictures = re.findall(r"!\[\]\((.*?)\)", text)
    assert len(pictures) >= 2
    files = [ROOT / "docs" / picture for picture in pictures]
    assert sum(file.stat().st_size for file in files) < 300_000


def test_a_notebook_that_was_run_becomes_markdown():
    cell = nbformat.v4.new_code_cell("1 + 1")
    result = nbformat.v4.new_output("execute_result", {"text/plain": "2"})
    cell.outputs = [
        result,
        nbformat.v4.new_output(
            "stream", name="stdout", text="a:  50%|█ | 1/2\r\x1b[Ain /tmp/a1/b\r\n"
        ),
        nbformat.v4.new_output("stream", name="stderr", text="a remark\n"),
    ]
    badge, title = nbformat.v4.new_markdown_cell("badge"), nbformat.v4.new_markdown_cell("# T")
    content = nbformat.v4.new_notebook(cells=[badge, title, cell])
    text, pictures = rendered.as_markdown(content, "name", hidden="/tmp/a1")
    assert text == ("# T\n\n```python\n1 + 1\n```\n\n```text\n2\n```\n\n```text\nin /tmp/b\n```\n")
    assert pictures == {}


@pytest.fixture(scope="module")
def environment():
    """Variables for kernels: this checkout, and a quiet XLA."""
    # One device, as users have: the other tests cut a CPU into two.
    inherited = {name: value for name, value in os.environ.items() if "CPU_DEVICES" not in name}
    return {
        **inherited,
        "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.getenv("PYTHONPATH")])]),
        "TF_CPP_MIN_LOG_LEVEL": "3",  # no remarks of XLA on compiled code that it finds
        "PYTHONDONTWRITEBYTECODE": "1",
    }


@notebooks
def test_runs_from_top_to_bottom(file, environment, tmp_path, request):
    if file.stem in MINUTES and not os.environ.get(ALL_NOTEBOOKS):
        pytest.skip(f"takes minutes; set {ALL_NOTEBOOKS}=1 to run it")
    if file.stem not in WITHOUT_FACES_TO_FIND:
        request.getfixturevalue("landmark_models")
    before = {path for path in file.parent.iterdir() if path.name != "__pycache__"}
    content = read(file)
    client = NotebookClient(content, timeout=SECONDS, resources={"metadata": {"path": tmp_path}})
    client.execute(env={**environment, "TMPDIR": str(tmp_path)})
    for cell in content.cells:
        for output in cell.get("outputs", []):
            said = output.get("text", "")
            assert not TROUBLE.search(said), f"{cell.source}\n{said}"
    assert {path for path in file.parent.iterdir() if path.name != "__pycache__"} == before
