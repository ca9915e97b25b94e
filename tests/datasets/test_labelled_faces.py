import pickle

import numpy as np
from etils import epath

from au_jax.datasets.labelled_faces import LabelledFaces
from au_jax.datasets.prepared.face_files import RecordFaces, writing_faces


def test_faces_and_labels_are_those_of_the_planned_frames_also_in_another_process(tmp_path):
    generator = np.random.default_rng(0)
    stored = generator.integers(0, 256, (9, 4, 5, 3), np.uint8)
    path = epath.Path(tmp_path) / "faces.array_record"
    with writing_faces(path, epath.Path(tmp_path)) as append:
        for face in stored:
            append(face.tobytes())
    frames = np.array([8, 2, 5, 1])
    labels = generator.integers(-1, 2, (4, 2)).astype(np.int8)
    read = LabelledFaces(RecordFaces((str(path),), (9,), (4, 5, 3)), frames, labels)
    for reader in (read, pickle.loads(pickle.dumps(read))):
        batch = reader(np.array([3, 0, 3]))
        np.testing.assert_array_equal(batch["faces"], stored[[1, 8, 1]])
        np.testing.assert_array_equal(batch["labels"], labels[[3, 0, 3]])
