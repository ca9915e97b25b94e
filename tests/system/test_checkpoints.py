import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import struct

from au_jax.errors import InputError
from au_jax.system.checkpoints import TrainingCheckpoints, has_model, load_model, save_model
from au_jax.training.sharding import data_mesh, replicate


@struct.dataclass
class State:
    step: jax.Array
    params: dict


def state_of(value):
    return State(jnp.array(value), {"a": {"b": jnp.full((3, 2), value, jnp.float32)}})


def test_the_latest_state_comes_back_as_what_it_was(tmp_path):
    first = TrainingCheckpoints(tmp_path)
    empty = state_of(0)
    assert first.restore(empty) is empty
    first.save(1, state_of(1))
    first.save(2, state_of(2))
    first.close()
    restored = TrainingCheckpoints(tmp_path).restore(state_of(0))
    assert isinstance(restored, State)
    assert int(restored.step) == 2
    np.testing.assert_array_equal(restored.params["a"]["b"], np.full((3, 2), 2.0))


def test_a_state_of_one_device_is_restored_on_two(tmp_path):
    checkpoints = TrainingCheckpoints(tmp_path)
    checkpoints.save(1, state_of(5))
    restored = checkpoints.restore(replicate(data_mesh(), state_of(0)))
    assert len(restored.params["a"]["b"].sharding.device_set) == 2
    assert int(restored.step) == 5


def test_a_finished_stage_keeps_only_its_model(tmp_path):
    checkpoints = TrainingCheckpoints(tmp_path)
    checkpoints.save(1, state_of(1))
    checkpoints.close()
    save_model(tmp_path, {"kernel": jnp.eye(3)})
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    start = state_of(0)
    assert TrainingCheckpoints(tmp_path).restore(start) is start


def test_a_model_comes_back_and_half_a_model_does_not_count(tmp_path):
    assert not has_model(tmp_path)
    (tmp_path / "model").mkdir()
    assert not has_model(tmp_path)
    with pytest.raises(InputError, match="no finished model"):
        load_model(tmp_path)
    model = {"params": {"kernel": jnp.eye(3)}, "mean": np.arange(4, dtype=np.float32)}
    save_model(tmp_path, model)
    assert has_model(tmp_path)
    back = load_model(tmp_path)
    jax.tree.map(np.testing.assert_array_equal, back, model)
