import numpy as np

from au_jax.methods import lstm
from au_jax.methods.lstm_variants import LSTM_VARIANTS, PCA_SIZES
from au_jax.methods.registry import METHODS
from au_jax.system import atomic_files
from au_jax.system.checkpoints import load_model
from tests.made.folds import make_fold


def untrained(monkeypatch):
    """Let LSTMs keep their initial weights; returns the stages not trained, and their folders."""
    calls = []

    def train(stage, params, directory):
        calls.append((stage, directory))
        return params

    monkeypatch.setattr(lstm, "train", train)
    return calls


def test_there_is_a_variant_for_each_size():
    names = [f"lstm_pca_{size}" for size in PCA_SIZES]
    assert [method.name for method in LSTM_VARIANTS] == names
    assert 1024 in PCA_SIZES and all(METHODS[name].requires == ("cnn",) for name in names)


def test_variant_keeps_as_many_components_and_leaves_the_lstm_alone(tmp_path, monkeypatch):
    calls = untrained(monkeypatch)
    fold_run = make_fold(tmp_path, lstm={"pca_components": 5})
    fc7 = np.random.default_rng(0).random((96, 40)).astype(np.float16)
    atomic_files.write_array(fold_run.folder("cnn") / "fc7.npy", fc7)
    scores = METHODS["lstm_pca_32"].run(fold_run)
    model = load_model(fold_run.folder("lstm_pca_32"))
    assert model["pca"]["components"].shape == (32, 40)
    ((stage, directory),) = calls
    assert stage.batches.step(0)["features"].shape[-1] == 32
    assert stage.name == "fold 1 of 3 lstm_pca_32"
    assert directory == fold_run.folder("lstm_pca_32")
    everything = np.load(tmp_path / "lstm_pca_32/all_scores.npy")
    np.testing.assert_array_equal(scores, everything[fold_run.fold.test])
    assert not fold_run.folder("lstm").exists()
    assert fold_run.experiment.lstm.pca_components == 5
    # No more components than features.
    METHODS["lstm_pca_64"].run(fold_run)
    assert load_model(fold_run.folder("lstm_pca_64"))["pca"]["components"].shape == (40, 40)
    # Neither is trained or scored again.
    monkeypatch.setattr(lstm, "_train", None)
    monkeypatch.setattr(lstm, "lstm_scores", None)
    np.testing.assert_array_equal(METHODS["lstm_pca_32"].run(fold_run), scores)
