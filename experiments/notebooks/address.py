"""Keep the address of the repository the same in all notebooks.

    python -m experiments.notebooks.address            tell which notebooks carry another one
    python -m experiments.notebooks.address --write    give all of them that of pyproject.toml

It stands once in `pyproject.toml`, as `Repository`, and from there in the "Open in Colab" badge and
in the cell that installs. Colab opens notebooks of GitHub only.
"""

import pathlib
import re
import sys
import tomllib

FOLDER = pathlib.Path(__file__).parent
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
_COLAB = "https://colab.research.google.com/github"
_GITHUB = "https://github.com/"
_BADGE = re.compile(rf"{re.escape(_COLAB)}/[^)\s]*")
_INSTALLED = re.compile(r'(?<=REPOSITORY = \\")[^"\\]*')


def repository() -> str:
    """Return the address of the repository, of `pyproject.toml`."""
    content = (FOLDER.parents[1] / "pyproject.toml").read_text("utf-8")
    return tomllib.loads(content)["project"]["urls"]["Repository"]


def colab_link(address: str, name: str) -> str:
    """Return the link that opens a notebook in Colab.

    Args:
        address: of the repository.
        name: of the file.
    """
    owner_and_name = address.removeprefix(_GITHUB).removesuffix(".git")
    return f"{_COLAB}/{owner_and_name}/blob/main/experiments/notebooks/{name}"


def with_address(text: str, address: str, name: str) -> str:
    """Return the text of a notebook's file with the address in its badge and its first code cell.

    Args:
        text: the file as it is.
        address: of the repository.
        name: of the file.

    Raises:
        ValueError: if there is not one badge and one `REPOSITORY = "…"`.
    """
    for pattern, new in ((_BADGE, colab_link(address, name)), (_INSTALLED, address)):
        text, count = pattern.subn(lambda _, new=new: new, text)
        if count != 1:
            raise ValueError(f"{name}: {count} places match {pattern.pattern}; there must be one")
    return text


def main(arguments: list[str]) -> int:
    """Tell which notebooks carry another address, or mend them.

    Args:
        arguments: `--write`, or none.

    Returns:
        the exit code: 1 if some carry another address and were not mended.
    """
    others = 0
    for file in NOTEBOOKS:
        text = file.read_text("utf-8")
        wanted = with_address(text, repository(), file.name)
        if text != wanted and "--write" in arguments:
            file.write_text(wanted, "utf-8")
            print(f"mended {file.name}")
        elif text != wanted:
            others += 1
            print(f"{file.name} carries another address than {repository()}")
    return 1 if others else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
