"""Run a notebook and write it with what its cells show, as Markdown with pictures.

    python -m experiments.notebooks.rendered --notebook=quick_start --docs=docs

It writes DOCS/quick_start.md and DOCS/pictures/quick_start_1.png and so on.
"""

import argparse
import base64
import io
import os
import pathlib
import re
import sys
import tempfile

import nbformat
from nbclient import NotebookClient
from PIL import Image

FOLDER = pathlib.Path(__file__).parent
_COLOURS = 128
_PROGRESS = re.compile(r"\d+%\||^INFO: Created TensorFlow Lite")
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_CELL_SECONDS = 1200


def executed(file: pathlib.Path, folder: pathlib.Path) -> nbformat.NotebookNode:
    """Return a notebook with its outputs.

    Args:
        file: the notebook; it stays as it is.
        folder: where it runs and leaves its files.
    """
    content = nbformat.read(file, as_version=4)
    places = {"metadata": {"path": str(folder)}}
    client = NotebookClient(content, timeout=_CELL_SECONDS, resources=places)
    checkout = str(FOLDER.parents[1])
    before = os.environ.get("PYTHONPATH")
    path = os.pathsep.join([checkout, before] if before else [checkout])
    client.execute(env={**os.environ, "PYTHONPATH": path, "TMPDIR": str(folder)})
    return content


def sources(content: nbformat.NotebookNode) -> list[str]:
    """Return the parts of a rendered notebook that are in the notebook itself, in order.

    The badge in front is left out.
    """
    return [
        f"```python\n{cell.source}\n```" if cell.cell_type == "code" else cell.source
        for cell in content.cells[1:]
    ]


def as_markdown(
    content: nbformat.NotebookNode, name: str, hidden: str = ""
) -> tuple[str, dict[str, bytes]]:
    """Return a notebook that was run as Markdown, and its pictures by file name.

    Args:
        content: the notebook with its outputs.
        name: of the notebook, for names of pictures.
        hidden: a folder whose name is not shown, besides that of the user.
    """
    parts, pictures = [], {}
    for cell, source in zip(content.cells[1:], sources(content), strict=True):
        parts.append(source)
        for output in cell.get("outputs", []):
            shown = output.get("data", {})
            if output.get("name") == "stderr":  # what libraries say of the machine
                continue
            if "image/png" in shown:
                file = f"{name}_{len(pictures) + 1}.png"
                pictures[file] = _small(base64.b64decode(shown["image/png"]))
                parts.append(f"![](pictures/{file})")
            elif "text/markdown" in shown:
                parts.append(shown["text/markdown"].strip())
            else:
                text = output.get("text") or shown.get("text/plain", "")
                lines = (line.rstrip() for line in re.split(r"\r\n|\n|\r", _COLOUR.sub("", text)))
                text = "\n".join(line for line in lines if not _PROGRESS.search(line))
                if hidden:
                    text = text.replace(hidden, "/tmp")
                text = text.replace(str(pathlib.Path.home()), "~")
                if text.strip():
                    parts.append("```text\n" + text.strip("\n") + "\n```")
    return re.sub(r"\n{3,}", "\n\n", "\n\n".join(parts)) + "\n", pictures


def _small(picture: bytes) -> bytes:
    """Return a picture in fewer colours, which diagrams can do with."""
    buffer = io.BytesIO()
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(_COLOURS).save(
        buffer, "PNG", optimize=True
    )
    return buffer.getvalue()


def main(arguments: list[str]) -> None:
    """Run the command.

    Args:
        arguments: its flags.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--notebook", default="quick_start", help="Its name without .ipynb.")
    parser.add_argument("--docs", type=pathlib.Path, default=pathlib.Path("docs"))
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        content = executed(FOLDER / f"{chosen.notebook}.ipynb", pathlib.Path(folder))
        text, pictures = as_markdown(content, chosen.notebook, hidden=folder)
    (chosen.docs / "pictures").mkdir(parents=True, exist_ok=True)
    for name, picture in pictures.items():
        (chosen.docs / "pictures" / name).write_bytes(picture)
    (chosen.docs / f"{chosen.notebook}.md").write_text(text, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
