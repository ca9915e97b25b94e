import dataclasses
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from au_jax.datasets.dataset import ArrayFaces
from au_jax.datasets.joined import JoinedFaces, join_datasets
from au_jax.errors import InputError
from tests.made.random_datasets import made_dataset


def made_faces(count, seed):
    return np.random.default_rng(seed).integers(0, 256, (count, 2, 3, 1), np.uint8)


@st.composite
def faces_and_indices(draw):
    sizes = draw(st.tuples(st.integers(0, 6), st.integers(0, 6)))
    total = sum(sizes)
    rows = st.lists(st.integers(0, total - 1), max_size=12) if total else st.just([])
    return [made_faces(size, seed) for seed, size in enumerate(sizes)], draw(rows)


@given(faces_and_indices())
def test_joined_faces_are_the_concatenation(made):
    (first, second), indices = made
    joined = JoinedFaces(ArrayFaces(first), ArrayFaces(second))
    array = np.concatenate([first, second])
    assert len(joined) == len(array) and joined.face_shape == (2, 3, 1)
    found = joined[np.array(indices, np.int64)]
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, array[np.array(indices, np.int64)])


@pytest.mark.parametrize("index", [-1, 5, 7])
def test_faces_that_are_not_there(index):
    joined = JoinedFaces(ArrayFaces(made_faces(3, 0)), ArrayFaces(made_faces(2, 1)))
    with pytest.raises(IndexError, match="of 5 faces"):
        joined[np.array([0, index])]


def test_joined_faces_can_be_sent_to_another_process():
    joined = JoinedFaces(ArrayFaces(made_faces(3, 0)), ArrayFaces(made_faces(2, 1)))
    rows = np.array([4, 0, 3])
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(joined))[rows], joined[rows])


@given(
    people=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    seeds=st.tuples(st.integers(0, 99), st.integers(0, 99)),
)
def test_every_row_keeps_its_person_recording_time_labels_and_face(people, seeds):
    datasets = [
        made_dataset(name, subjects=count, seed=seed)
        for name, count, seed in zip("ab", people, seeds, strict=True)
    ]
    joined = join_datasets(*datasets)
    assert joined.name == "a+b" and joined.aus == (1, 12)
    row = 0
    for dataset in datasets:
        table = dataset.frames
        for old in range(len(table)):
            subject = joined.frames.subjects[joined.frames.subject[row]]
            recording = joined.frames.recordings[joined.frames.recording[row]]
            assert subject == f"{dataset.name}/{table.subjects[table.subject[old]]}"
            assert recording == f"{dataset.name}/{table.recordings[table.recording[old]]}"
            for column in ("frame", "time", "tracked"):
                assert getattr(joined.frames, column)[row] == getattr(table, column)[old]
            assert joined.frames.labels[row].tolist() == table.labels[old].tolist()
            face = joined.faces[np.array([row])]
            np.testing.assert_array_equal(face, dataset.faces[np.array([old])])
            row += 1
    assert row == len(joined.frames) == len(joined.faces)
    assert len(joined.frames.subjects) == sum(people)


def test_digest_tells_the_data_sets_and_their_order_apart():
    a, b, other = (made_dataset(name, seed=seed) for name, seed in (("a", 0), ("b", 0), ("b", 1)))
    pairs = [(a, b), (b, a), (a, other)]
    digests = [join_datasets(*pair).digest for pair in pairs]
    assert len(set(digests)) == 3
    assert join_datasets(a, b).digest == digests[0]


def test_data_set_with_itself_is_refused():
    with pytest.raises(InputError, match=r"both 'a'; choose two different ones.*scenario=within"):
        join_datasets(made_dataset("a"), made_dataset("a", seed=1))


def test_faces_of_other_sizes_are_refused():
    with pytest.raises(InputError, match=r"'a' are \(2, 2, 1\), those of 'b' \(4, 4, 1\).*--face_"):
        join_datasets(made_dataset("a"), made_dataset("b", size=4))


def test_columns_of_other_aus_are_a_mistake_of_the_caller():
    other = dataclasses.replace(made_dataset("b"), aus=(12, 1))
    with pytest.raises(ValueError, match="differ"):
        join_datasets(made_dataset("a"), other)
