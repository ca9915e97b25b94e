"""What a user gets who installs the package instead of working in a checkout."""

import os
import pathlib
import subprocess
import sys
import tomllib
import zipfile

import pytest

from au_jax.settings.named import known_experiments

ROOT = pathlib.Path(__file__).parents[1]
EXPERIMENTS = sorted(file.name for file in (ROOT / "experiments").glob("*.py"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    done = subprocess.run(
        [*pip, "wheel", "--quiet", "--no-deps", f"--wheel-dir={folder}", str(ROOT)],
        capture_output=True,
        text=True,
    )
    if "No matching distribution found for hatchling" in done.stderr:
        pytest.skip("hatchling, which builds the wheel, cannot be had here")
    assert done.returncode == 0, done.stderr
    (file,) = folder.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def installed(wheel):
    target = wheel.parent / "installed"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", f"--target={target}", str(wheel)], check=True)
    return target


def run(installed, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "au_jax.main", *arguments],
        cwd=installed.parent,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
    )


def test_wheel_holds_the_package_with_its_experiments_and_nothing_beside_it(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    for part in ("report.html.jinja", "timeline/lanes.js", "vendor/uplot/uPlot.iife.min.js"):
        assert f"au_jax/reporting/templates/{part}" in names
    assert "au_jax/reporting/templates/vendor/uplot/LICENSE" in names
    inside = [name for name in names if name.startswith("au_jax/experiments/")]
    assert sorted(pathlib.PurePath(name).name for name in inside) == EXPERIMENTS
    sources = {str(file.relative_to(ROOT)) for file in (ROOT / "au_jax").rglob("*.py")}
    assert sources <= set(names)
    beside = {name.split("/")[0] for name in names} - {"au_jax"}
    assert len(beside) == 1 and beside.pop().endswith(".dist-info")


def test_wheel_leaves_the_notebooks_to_the_source_distribution(wheel):
    with zipfile.ZipFile(wheel) as archive:
        assert not [name for name in archive.namelist() if "notebook" in name]
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]
    assert "/experiments" in settings["build"]["targets"]["sdist"]["include"]


def test_installed_command_explains_itself(installed):
    done = run(installed, "--help")
    assert done.returncode == 0 and done.stdout.startswith("Run an experiment")


def test_installed_command_knows_the_experiments(installed):
    done = run(installed, "--experiment=nobody")
    assert done.returncode == 2
    known = ", ".join(known_experiments())
    assert f"known are: {known};" in done.stderr


def test_installed_experiment_is_found_by_its_name(installed):
    done = run(installed, "--experiment=gft_10fold", "--data_dir=nowhere")
    assert done.returncode == 1
    assert "no prepared data set 'gft'" in done.stderr


def test_installed_package_is_the_one_that_is_tested(installed):
    done = subprocess.run(
        [sys.executable, "-c", "import au_jax; print(au_jax.__file__)"],
        cwd=installed.parent,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == str(installed / "au_jax/__init__.py")
