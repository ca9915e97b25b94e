import numpy as np

from au_jax.methods.running import FoldMethods
from tests.made.folds import left, make_fold, model_of


def components_of(run, name):
    return model_of(FoldMethods(run).fitted(name).block.folder).pca.components.shape


def test_variant_keeps_as_many_components_and_leaves_the_lstm_alone(tmp_path):
    run = make_fold(tmp_path, lstm={"pca_components": 5})
    features = np.random.default_rng(0).random((96, 40)).astype(np.float16)
    left(run, "cnn", features=features)
    scores = FoldMethods(run, ["lstm_pca_32"]).test_scores("lstm_pca_32")
    assert scores.shape == (len(run.fold.test), 3)
    assert components_of(run, "lstm_pca_32") == (32, 40)
    assert FoldMethods(run).task("lstm_pca_32").title == "fold 1 of 3 lstm_pca_32"
    assert not (tmp_path / "lstm").exists()
    assert run.experiment.lstm.pca_components == 5
    # No more components than features.
    assert components_of(run, "lstm_pca_64") == (40, 40)
    # Neither is trained again, and both start from the weights that their seed gives.
    written = (tmp_path / "lstm_pca_32/detector.json").stat().st_mtime_ns
    np.testing.assert_array_equal(FoldMethods(run).test_scores("lstm_pca_32"), scores)
    assert (tmp_path / "lstm_pca_32/detector.json").stat().st_mtime_ns == written
