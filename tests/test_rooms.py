"""The rooms of the house: who may import whom."""

import ast
import pathlib

import pytest

PACKAGE = pathlib.Path(__file__).parents[1] / "au_jax"

# Lowest first; a room may import rooms of its own or of a lower level.
LEVELS = (
    {"facs", "errors"},
    {"system"},
    {"settings"},
    {"metrics", "sampling", "models", "features", "faces", "synthetic"},
    {"datasets"},
    {"protocol"},
    {"training"},
    {"runs"},
    {"detector"},
    {"methods", "exporting"},
    {"analysis"},
    {"reporting"},
    {"pipeline", "prediction"},
    {"main", "compare", "prepare", "label_balance", "predict", "export"},
)
ONLY_IN = {
    "grain": {"sampling/loader.py", "sampling/record_sampler.py"},
    "orbax": {"system/checkpoints.py"},
}


def level(room):
    (found,) = [number for number, rooms in enumerate(LEVELS) if room in rooms]
    return found


def imported_modules(file):
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)


FILES = sorted(file for file in PACKAGE.rglob("*.py") if file.name != "__init__.py")


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_a_room_knows_only_lower_rooms(file):
    relative = file.relative_to(PACKAGE)
    own = level(relative.parts[0].removesuffix(".py"))
    for module in imported_modules(file):
        top, *rest = module.split(".")
        if top in ONLY_IN:
            assert str(relative) in ONLY_IN[top], f"{relative} imports {top}"
        if top == "au_jax" and rest and not rest[0].startswith("__"):
            assert level(rest[0]) <= own, f"{relative} imports {module}"
