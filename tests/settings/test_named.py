import ast

import pytest

from au_jax.errors import InputError
from au_jax.settings import check_experiment
from au_jax.settings.named import known_experiments, load_experiment


@pytest.mark.parametrize("name", sorted(known_experiments()))
def test_every_experiment_loads_is_valid_and_says_how_to_run_it(name):
    experiment = load_experiment(name)
    check_experiment(experiment)
    assert experiment.name == name
    docstring = ast.get_docstring(ast.parse(known_experiments()[name].read_text()))
    assert docstring is not None
    assert f"python -m au_jax.main --experiment={name}" in docstring


def test_the_experiments_of_the_main_job_and_of_the_paper_are_there():
    names = set(known_experiments())
    assert names >= {"synthetic_3fold", "folder_3fold"}
    assert names >= {"gft_3fold", "gft_10fold", "bp4d_3fold", "bp4d_10fold"}


def test_experiments_on_licensed_data_use_the_full_size_networks():
    for name in ("gft_3fold", "gft_10fold", "bp4d_3fold", "bp4d_10fold"):
        experiment = load_experiment(name)
        assert experiment.cnn.width == 1.0
        assert experiment.lstm.cells == 256
        assert experiment.protocol.folds == int(name.split("_")[1].removesuffix("fold"))


@pytest.mark.parametrize(
    ("licensed", "twin"),
    [
        ("gft_3fold", "synthetic_table1"),
        ("bp4d_3fold", "synthetic_table2"),
        ("gft_to_bp4d", "synthetic_gft_to_bp4d"),
        ("bp4d_to_gft", "synthetic_bp4d_to_gft"),
    ],
)
def test_a_built_in_twin_compares_the_same_methods_under_the_same_protocol(licensed, twin):
    real, drawn = load_experiment(licensed), load_experiment(twin)
    assert drawn.methods == real.methods
    assert drawn.protocol.folds == real.protocol.folds
    assert drawn.protocol.scenario is real.protocol.scenario
    for real_name, drawn_name, people in (
        (real.dataset, drawn.dataset, drawn.synthetic),
        (real.test_dataset, drawn.test_dataset, drawn.test_synthetic),
        (real.transfer_dataset, drawn.transfer_dataset, drawn.transfer_synthetic),
    ):
        assert bool(real_name) == bool(drawn_name)
        assert not real_name or people.preset.value == f"{real_name}_like"


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(InputError, match=r"'gft_11fold'.*gft_10fold.*synthetic_3fold"):
        load_experiment("gft_11fold")


def test_a_file_of_ones_own(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(
        "from au_jax.settings import Experiment\n"
        "def experiment():\n    return Experiment(dataset='my_faces')\n"
    )
    experiment = load_experiment(str(file))
    assert (experiment.name, experiment.dataset) == ("mine", "my_faces")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1", "must define a function experiment"),
        ("def experiment():\n    return 3", "returned int"),
        ("def experiment(:", "SyntaxError"),
        ("import no_such_module_at_all", "no_such_module_at_all"),
    ],
)
def test_a_broken_file_of_ones_own_is_explained(tmp_path, text, message):
    file = tmp_path / "mine.py"
    file.write_text(text)
    with pytest.raises(InputError, match=message):
        load_experiment(str(file))


def test_a_missing_file_of_ones_own(tmp_path):
    with pytest.raises(InputError, match=r"no experiment file.*nothing\.py"):
        load_experiment(str(tmp_path / "nothing.py"))
