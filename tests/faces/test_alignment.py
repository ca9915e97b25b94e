import pickle

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from au_jax.faces.alignment import (
    BLOCK_FRAMES,
    FaceAligner,
    align_video,
    centre_transform,
    hold_last,
)
from au_jax.faces.landmarks import LandmarkTrack, read_openface_csv
from au_jax.faces.mean_shape import MEAN_SHAPE, STABLE_POINTS
from au_jax.faces.similarity import target_points
from au_jax.faces.video import Video, VideoFrame
from tests.made.videos import (
    apply,
    face_points,
    pictures,
    similarity,
    write_landmarks,
    write_video,
)


@given(st.lists(st.booleans(), max_size=30))
def test_last_good_transform_is_held(good):
    transforms = np.arange(len(good))[:, None, None] * np.ones((1, 2, 3))
    held = hold_last(transforms, np.array(good, bool), np.full((2, 3), -1.0))
    last = -1
    for row, is_good in enumerate(good):
        last = row if is_good else last
        assert (held[row] == last).all()


def test_middle_of_the_picture_fills_the_face():
    transform = centre_transform(100, (60, 80))
    np.testing.assert_allclose(apply(transform, np.array([[9.5, -0.5]])), [[-0.5, -0.5]])
    np.testing.assert_allclose(apply(transform, np.array([[69.5, 59.5]])), [[99.5, 99.5]])


def moving_face(count, seed=0):
    """Pictures of one textured face under known transforms, and its landmarks."""
    rng = np.random.default_rng(seed)
    texture = ndimage.gaussian_filter(rng.uniform(0, 255, (200, 200, 3)), (3, 3, 0))
    frames, points = [], []
    for i in range(count):
        camera = similarity(
            0.8 + 0.3 * np.sin(i / 7), 0.4 * np.sin(i / 5), 60 + 40 * np.sin(i / 3), 40 + i % 9
        )
        inverse = np.linalg.inv(np.vstack([camera, [0, 0, 1]]))[:2]
        y, x = np.mgrid[:300, :400]
        places = np.einsum("ij,jhw->ihw", inverse, np.stack([x, y, np.ones_like(x)]))[::-1]
        image = np.stack(
            [
                ndimage.map_coordinates(texture[..., c], places, order=3, mode="nearest")
                for c in range(3)
            ],
            axis=-1,
        )
        image = np.clip(np.round(image), 0, 255).astype(np.uint8)
        frames.append(VideoFrame(i + 1, i / 25, image))
        points.append(apply(camera, MEAN_SHAPE))
    return texture, frames, np.array(points, np.float32)


def track_of(points, success):
    return LandmarkTrack(np.arange(1, len(points) + 1), points, np.asarray(success, bool))


def test_moving_face_stands_still_once_aligned():
    texture, frames, points = moving_face(20)
    blocks = list(align_video(frames, track_of(points, [1] * 20)))
    faces = np.concatenate([block.faces for block in blocks])
    assert faces.shape == (20, 200, 200, 3) and faces.dtype == np.uint8
    inside = faces[:, 30:190, 20:180].astype(float) - texture[30:190, 20:180]
    assert np.abs(inside).mean(axis=(1, 2, 3)).max() < 3
    assert np.concatenate([block.tracked for block in blocks]).all()


def test_lost_frames_stay_and_show_where_the_face_was():
    _, frames, points = moving_face(2 * BLOCK_FRAMES + 3)
    success = np.ones(len(points), bool)
    success[[0, 1, 5, 6, BLOCK_FRAMES - 1, BLOCK_FRAMES, BLOCK_FRAMES + 1]] = False
    points[8] *= [-1, 1]  # a mirrored face is none
    good = success.copy()
    good[8] = False
    blocks = list(align_video(iter(frames), track_of(points, success)))
    transforms = np.concatenate([block.transforms for block in blocks])
    tracked = np.concatenate([block.tracked for block in blocks])
    np.testing.assert_array_equal(tracked, good)
    number = np.concatenate([block.number for block in blocks])
    np.testing.assert_array_equal(number, np.arange(1, len(frames) + 1))
    np.testing.assert_array_equal(transforms[[5, 6]], transforms[[4, 4]])
    np.testing.assert_array_equal(transforms[8], transforms[7])
    for row in (BLOCK_FRAMES - 1, BLOCK_FRAMES, BLOCK_FRAMES + 1):  # across the border of blocks
        np.testing.assert_array_equal(transforms[row], transforms[BLOCK_FRAMES - 2])
    landmarks = np.concatenate([block.landmarks for block in blocks])
    assert landmarks.dtype == np.float32
    np.testing.assert_array_equal(np.isnan(landmarks).all(axis=(1, 2)), ~tracked)
    expected = [apply(t, p[STABLE_POINTS]) for t, p in zip(transforms, points, strict=True)]
    np.testing.assert_allclose(landmarks[tracked], np.array(expected)[tracked], atol=1e-4)
    # The points lie where the pixels of the face went, which are those of the mean shape here.
    np.testing.assert_allclose(landmarks[tracked], [target_points()] * tracked.sum(), atol=1e-3)
    np.testing.assert_allclose(transforms[[0, 1]], [centre_transform(200, (300, 400))] * 2)


def test_jump_is_seen_across_the_border_of_blocks_and_not_across_a_cut_in_size():
    count = BLOCK_FRAMES + 4
    face = apply(similarity(0.5, 0, 20, 60), MEAN_SHAPE)
    points = np.tile(face, (count, 1, 1)).astype(np.float32)
    away = np.zeros(count, bool)
    away[[BLOCK_FRAMES - 1, BLOCK_FRAMES + 2, BLOCK_FRAMES + 3]] = True
    points[away] += [150, 0]
    frames = [VideoFrame(i + 1, i / 25, np.zeros((300, 400, 3), np.uint8)) for i in range(count)]
    track = track_of(points, [1] * count)
    jumped = [BLOCK_FRAMES - 1, BLOCK_FRAMES, BLOCK_FRAMES + 2]
    blocks = list(align_video(frames, track, 50))
    tracked = np.concatenate([block.tracked for block in blocks])
    assert np.flatnonzero(~tracked).tolist() == jumped
    transforms = np.concatenate([block.transforms for block in blocks])
    np.testing.assert_array_equal(transforms[jumped[1]], transforms[0])
    larger = np.zeros((310, 400, 3), np.uint8)
    frames[jumped[2] :] = [VideoFrame(f.number, f.time, larger) for f in frames[jumped[2] :]]
    tracked = np.concatenate([block.tracked for block in align_video(frames, track, 50)])
    assert np.flatnonzero(~tracked).tolist() == jumped[:2]


def test_damaged_picture_counts_as_untracked():
    _, frames, points = moving_face(3)
    frames[1] = VideoFrame(2, 0.04, frames[1].image, damaged=True)
    (block,) = align_video(frames, track_of(points, [1, 1, 1]))
    np.testing.assert_array_equal(block.tracked, [True, False, True])


def test_confidence_is_that_of_the_landmarks_where_the_face_is_tracked():
    _, frames, points = moving_face(4)
    frames[1] = VideoFrame(2, 0.04, frames[1].image, damaged=True)
    points[3] *= [-1, 1]
    stated = np.array([0.25, 0.5, 0.75, 1], np.float32)
    track = LandmarkTrack(np.arange(1, 5), points, np.array([1, 1, 1, 1], bool), stated)
    (block,) = align_video(frames, track)
    expected = np.array([0.25, 0, 0.75, 0], np.float32)
    np.testing.assert_array_equal(block.confidence, expected, strict=True)


def test_stopped_aligner_goes_on_with_the_same_faces():
    _, frames, points = moving_face(3 * BLOCK_FRAMES)
    confidence = np.ones(len(frames), np.float32)
    confidence[BLOCK_FRAMES - 3 : BLOCK_FRAMES + 2] = 0
    points[2 * BLOCK_FRAMES] += [90, 0]  # a jump, seen only by who knows the frame before
    track = LandmarkTrack(np.arange(1, len(frames) + 1), points, confidence > 0)
    whole = list(align_video(frames, track, 64))
    state = FaceAligner(64).state
    for number, block in enumerate(whole):
        rows = slice(number * BLOCK_FRAMES, (number + 1) * BLOCK_FRAMES)
        aligner = FaceAligner(64, pickle.loads(pickle.dumps(state)))
        aligned, faces = aligner(frames[rows], points[rows], confidence[rows])
        for name, values in vars(aligned.with_faces(faces)).items():
            np.testing.assert_array_equal(values, getattr(block, name), strict=True, err_msg=name)
        state = aligner.state
    assert not whole[1].tracked[:2].any() and not whole[2].tracked[0] and whole[2].tracked[2]


def test_size_of_the_pictures_may_change_in_a_video():
    _, frames, points = moving_face(6)
    for i in (3, 4, 5):
        frames[i] = VideoFrame(i + 1, i / 25, frames[i].image[:250, :350])
    blocks = list(align_video(frames, track_of(points, [1] * 6)))
    assert [number for block in blocks for number in block.number] == [1, 2, 3, 4, 5, 6]


def test_frames_are_read_only_as_needed():
    _, frames, points = moving_face(1)
    taken = 0

    def endless():
        nonlocal taken
        while True:
            taken += 1
            yield frames[0]

    blocks = align_video(endless(), track_of(points, [1]))
    next(blocks)
    assert taken <= 3 * BLOCK_FRAMES


def test_file_to_faces(tmp_path):
    path = write_video(tmp_path / "v.mkv", pictures(20), codec="ffv1")
    landmarks = read_openface_csv(write_landmarks(tmp_path / "l.csv", face_points(20)))
    with Video(path) as video:
        blocks = list(align_video(video, landmarks, 64))
    faces = np.concatenate([block.faces for block in blocks])
    np.testing.assert_allclose(faces.mean(axis=(1, 2, 3)), 10 + 5 * np.arange(20), atol=1.5)
    np.testing.assert_allclose(
        np.concatenate([block.time for block in blocks]), np.arange(20) / 25, atol=1e-3
    )
