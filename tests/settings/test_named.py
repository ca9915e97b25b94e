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
    # A file of several experiments may give the command of one and the pattern of their names.
    several = known_experiments()[name].stem != name
    pattern = f"{name.rsplit('_', 1)[0]}_*"
    command = f"python -m au_jax.main --experiment={name}"
    assert command in docstring or (several and pattern in docstring)


def test_names_of_earlier_files_are_still_there():
    bases = ("gft_10fold", "bp4d_plus_10fold", "gft_to_bp4d_plus", "bp4d_plus_to_gft")
    for base in bases:
        for strategy in ("random", "stratified", "momu"):
            experiment = load_experiment(f"{base}_{strategy}")
            assert experiment.sampling.strategy.value == strategy
            assert experiment.methods == ("cnn",) and experiment.cnn.training_f1_frames == 5000
            between = "_to_" in base
            assert bool(experiment.test_data.name) == between
            assert experiment.data.name == base.removesuffix("_10fold").split("_to_")[0]


def test_the_experiments_of_the_main_job_and_of_the_paper_are_there():
    names = set(known_experiments())
    assert names >= {"synthetic_3fold", "folder_3fold"}
    assert names >= {"gft_3fold", "gft_10fold", "bp4d_3fold", "bp4d_10fold"}


def test_experiments_on_licensed_data_use_the_full_size_networks():
    for name in ("gft_3fold", "gft_10fold", "bp4d_3fold", "bp4d_10fold"):
        experiment = load_experiment(name)
        assert experiment.cnn.network.width == 1.0
        assert experiment.lstm.network.cells == 256
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
    for one, other in (
        (real.data, drawn.data),
        (real.test_data, drawn.test_data),
        (real.transfer_data, drawn.transfer_data),
    ):
        assert bool(one.name) == bool(other.name)
        assert not one.name or other.synthetic.preset.value == f"{one.name}_like"


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(InputError, match=r"'gft_11fold'.*gft_10fold.*synthetic_3fold"):
        load_experiment("gft_11fold")


def test_a_file_of_ones_own(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(
        "from au_jax.settings import DataConfig, Experiment\n"
        "def experiment():\n    return Experiment(data=DataConfig(name='my_faces'))\n"
    )
    experiment = load_experiment(str(file))
    assert (experiment.name, experiment.data.name) == ("mine", "my_faces")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1", "must define a function experiment"),
        ("def experiment():\n    return 3", "returned int"),
        ("def experiment(:", "SyntaxError"),
        ("import no_such_module_at_all", "no_such_module_at_all"),
        (
            "from au_jax.settings import CnnConfig\ndef experiment():\n    CnnConfig(momentum=0)",
            "Settings of that name are: cnn.optimizer.momentum, lstm.optimizer.momentum",
        ),
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
