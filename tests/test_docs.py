"""What the documents say exists: commands, flags, settings, experiments, files and headings."""

import importlib
import pathlib
import re
import shlex

import pytest

import au_jax
from au_jax.methods.registry import in_order
from au_jax.settings import check_experiment
from au_jax.settings.named import known_experiments, load_experiment

ROOT = pathlib.Path(__file__).parents[1]
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
COMMAND = re.compile(r"python3? -m (au_jax[\w.]*)")
COMMANDS_OF_EXPERIMENTS = ("au_jax.main", "au_jax.label_balance")


def name_of(document):
    return str(document.relative_to(ROOT))


def code_lines(text):
    """Lines of code blocks and pieces of inline code."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    for block in blocks:
        yield from block.replace("\\\n", " ").splitlines()
    indented = re.findall(r"^ {4}(.*)$", text, re.MULTILINE)
    yield from indented
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M))


def command_lines():
    """Module and arguments of each `python -m au_jax.…` with arguments, with its document."""
    for document in DOCUMENTS:
        for line in code_lines(document.read_text()):
            for part in re.split(r"&&|\|\||;", line):
                if found := COMMAND.search(part):
                    words = shlex.split(part[found.start() :], comments=True)
                    yield name_of(document), words[2], tuple(words[3:])


LINES = sorted(set(command_lines()))


class ParsedError(Exception):
    """The command line was understood, and nothing was done."""


def parse_only(values, arguments, _explanation, _body, further=None):
    """In place of `execute`: read the flags and stop there."""
    rest = values(list(arguments))
    assert further is not None or len(rest) == 1, f"no command takes {rest[1:]}"
    raise ParsedError


@pytest.fixture
def package_as_before():
    """Importing the command `au_jax.predict` hides the function of that name from later tests."""
    before = dict(vars(au_jax))
    yield
    for name in vars(au_jax).keys() - before.keys():
        delattr(au_jax, name)


def test_there_are_commands_to_check():
    assert len(LINES) > 20


@pytest.mark.usefixtures("package_as_before")
@pytest.mark.parametrize(
    ("document", "module", "arguments"), LINES, ids=lambda value: str(value)[:60]
)
def test_a_command_and_its_flags_exist(document, module, arguments, monkeypatch):
    if module == "au_jax.predict":
        module = "au_jax.prediction.command_line"
    command = importlib.import_module(module)
    for name in {module, *COMMANDS_OF_EXPERIMENTS}:
        monkeypatch.setattr(importlib.import_module(name), "execute", parse_only)
    if arguments == ("--help",):
        return
    readable = [word for word in arguments if word != "--experiment=my_experiment.py"]
    with pytest.raises(ParsedError):
        command.run([module, *readable])


def test_every_experiment_is_described():
    text = (ROOT / "docs/experiments.md").read_text()
    assert [name for name in known_experiments() if f"`{name}`" not in text] == []


def headings(path):
    """Headings as they are in links."""
    text = re.sub(r"^```.*?^```", "", path.read_text(), flags=re.S | re.M)
    found = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in found}


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_links_point_to_files_and_headings(document):
    links = re.findall(r"\]\(([^)\s]+)\)", document.read_text())
    for link in links:
        if re.match(r"\w+:", link):
            continue
        path, _, heading = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), link
        if heading:
            assert heading in headings(target), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_page_can_be_found_from_the_readme(document):
    if document.name != "README.md":
        assert f"(docs/{document.name})" in (ROOT / "README.md").read_text()


def programs(path):
    return re.findall(r"```python\n(.*?)```", (ROOT / path).read_text(), re.DOTALL)


def test_a_plan_of_the_readme_gives_its_batch():
    (program,) = [one for one in programs("README.md") if "plan_for" in one]
    names = {}
    exec(compile(program, "README.md", "exec"), names)
    assert len(names["batch"]) == 64


@pytest.mark.parametrize("path", ["README.md", "docs/experiments.md"])
def test_an_experiment_of_a_document_can_be_run(path, tmp_path):
    (program,) = [one for one in programs(path) if "def experiment()" in one]
    file = tmp_path / "my_experiment.py"
    file.write_text(program)
    experiment = load_experiment(str(file))
    check_experiment(experiment)
    assert "cnn_wide" in in_order(experiment.methods, experiment)


def test_metrics_of_a_document(capsys):
    (program,) = [one for one in programs("docs/models.md") if "f1_event" in one]
    exec(compile(program, "docs/models.md", "exec"), {})
    assert "0.66" in capsys.readouterr().out
