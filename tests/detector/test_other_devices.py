"""A detector that was trained on many devices, on few, and the other way round."""

import os
import subprocess
import sys
import textwrap

import jax
import numpy as np
import pytest

import au_jax
from tests.made.detectors import random_detector

FACES = np.random.default_rng(0).integers(0, 256, (9, 32, 32, 3), np.uint8)

PROGRAM = textwrap.dedent("""
    import sys

    import jax
    import numpy as np

    import au_jax
    from tests.made.detectors import random_detector

    what, folder = sys.argv[1:]
    mesh = jax.make_mesh((len(jax.devices()),), ("data",))
    everywhere = jax.NamedSharding(mesh, jax.sharding.PartitionSpec())
    if what == "save":
        detector = random_detector("hybrid")
        for block in (detector.block, *detector.block.inputs):
            spread = jax.device_put(block.model.params, everywhere)
            object.__setattr__(block.model, "params", spread)
            leaf = jax.tree.leaves(block.model.params)[0]
            assert len(leaf.sharding.device_set) == len(jax.devices())
        detector.save(folder)
    faces = np.random.default_rng(0).integers(0, 256, (9, 32, 32, 3), np.uint8)
    np.save(folder + ".npy", au_jax.Detector.load(folder).scores(faces))
    print(len(jax.devices()))
""")


def on_devices(count, what, folder):
    environment = {
        **os.environ,
        "JAX_PLATFORMS": "cpu",
        "JAX_NUM_CPU_DEVICES": str(count),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-c", PROGRAM, what, str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(count)
    return np.load(f"{folder}.npy")


@pytest.mark.parametrize(("saved_on", "loaded_on"), [(8, 1), (1, 8)])
def test_another_number_of_devices_gives_the_same_scores(tmp_path, saved_on, loaded_on):
    folder = tmp_path / "detector"
    saved = on_devices(saved_on, "save", folder)
    np.testing.assert_allclose(on_devices(loaded_on, "load", folder), saved, atol=1e-6)
    here = au_jax.Detector.load(folder)
    assert len(jax.devices()) not in (saved_on, loaded_on)
    np.testing.assert_allclose(here.scores(FACES), saved, atol=1e-6)
    np.testing.assert_allclose(random_detector("hybrid").scores(FACES), saved, atol=1e-6)
