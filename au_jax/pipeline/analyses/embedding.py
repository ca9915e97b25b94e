"""Features of test frames in the plane (the paper's Figure 3)."""

import numpy as np

from au_jax.analysis.embedding import distances, embed, silhouettes
from au_jax.datasets.dataset import Dataset
from au_jax.datasets.row_selection import spread_over_subjects
from au_jax.errors import InputError
from au_jax.pipeline.analyses.analysis import Analysis, FoldView
from au_jax.pipeline.analyses.frame_features import (
    HOG,
    computed_features,
    fc7_features,
    later_features,
    of_files,
    own_features,
    shown_rows,
)
from au_jax.reporting.learned.embedding import embedding_sections
from au_jax.reporting.learned.measured import Arrays
from au_jax.settings import EmbeddingConfig
from au_jax.settings.analyses import EMBEDDING

_USUAL_AU = 12


def _measure(view: FoldView) -> Arrays:
    config, dataset = view.config.embedding, view.run.dataset
    colour_aus = _colour_aus(dataset, config)
    files = own_features(view.feature_files, view.run.dataset.frames)
    rows = _rows(view, config, shown_rows(view, files))
    sources = computed_features(view, (HOG,)) | of_files(files)
    sources |= fc7_features(view) | later_features(view)
    table = dataset.frames
    labels, subjects = table.labels[rows], table.subject[rows]
    coordinates, of_features, of_embedding = [], [], []
    for source in sources.values():
        features = np.concatenate([np.asarray(part, np.float32) for part in source(rows)])
        places = embed(features, perplexity=config.perplexity, seeds=config.seeds)
        coordinates.append(places)
        of_features.append(silhouettes(distances(features), subjects, labels))
        of_embedding.append([silhouettes(distances(one), subjects, labels) for one in places])
    return {
        "kinds": np.array(list(sources)),
        "seeds": np.array(config.seeds),
        "aus": np.array(dataset.aus),
        "colour_aus": np.array(colour_aus),
        "subject": np.array(table.subjects)[subjects],
        "recording": np.array(table.recordings)[table.recording[rows]],
        "frame": table.frame[rows],
        "labels": labels,
        "coordinates": np.array(coordinates),
        "silhouette_features": np.array(of_features),
        "silhouette_embedding": np.array(of_embedding),
    }


def _rows(view: FoldView, config: EmbeddingConfig, rows: np.ndarray) -> np.ndarray:
    """Return at most so many rows as are asked for, an equal number of each subject."""
    table = view.run.dataset.frames
    subjects = len(np.unique(table.subject[rows]))
    chosen = spread_over_subjects(table, rows, max(1, config.frames // subjects))
    if len(chosen) < 4:
        raise InputError(
            f"there are {len(chosen)} test frames with a label and a tracked face; t-SNE needs 4"
        )
    return chosen


def _colour_aus(dataset: Dataset, config: EmbeddingConfig) -> tuple[int, ...]:
    for au in config.colour_aus:
        if au not in dataset.aus:
            raise InputError(
                f"experiment.analyses.embedding.colour_aus names AU {au}; coded are "
                f"{', '.join(map(str, dataset.aus))}"
            )
    usual = _USUAL_AU if _USUAL_AU in dataset.aus else dataset.aus[0]
    return config.colour_aus or (usual,)


ANALYSIS = Analysis(
    name=EMBEDDING,
    needs=("cnn", "anet_t"),
    settings=lambda config: config.embedding,
    measure=_measure,
    sections=embedding_sections,
)
