"""The renderer: what each action unit changes, sizes, compilation."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from skimage.transform import estimate_transform

from au_jax.faces.mean_shape import MEAN_SHAPE, STABLE_POINTS
from au_jax.facs import ACTION_UNITS, PAPER_AUS
from au_jax.synthetic.expression.combination import RENDERED_AUS, activations
from au_jax.synthetic.primitives import canonical
from au_jax.synthetic.rendering import hand, pose, renderer, warp
from au_jax.synthetic.rendering.scene import sample_scene
from au_jax.synthetic.subject.identity import sample_identity

SIZE = 100
LANDMARK = {int(number): row for row, number in enumerate(STABLE_POINTS)}


def plain(subject):
    """A subject without glasses who shows every unit fully and on both sides alike."""
    units = len(RENDERED_AUS)
    return dataclasses.replace(
        sample_identity(0, subject),
        gain=jnp.ones(units),
        asymmetry=jnp.zeros(units),
        glasses=jnp.zeros(()),
    )


def noiseless(seed):
    return dataclasses.replace(sample_scene(np.random.default_rng(seed)), noise=jnp.zeros(()))


def frames(*expressions, **changes):
    """One frame for each dictionary of unit and intensity."""
    intensity = np.zeros((len(expressions), len(RENDERED_AUS)), np.float32)
    for row, expression in enumerate(expressions):
        for au, value in expression.items():
            intensity[row, RENDERED_AUS.index(au)] = value
    neutral = renderer.neutral_frame()
    batch = jax.tree.map(
        lambda leaf: jnp.broadcast_to(leaf, (len(expressions), *leaf.shape)), neutral
    )
    return dataclasses.replace(batch, intensity=jnp.asarray(intensity), **changes)


@pytest.fixture(scope="module")
def maps():
    with jax.numpy_rank_promotion("raise"):  # as in each test; otherwise all is compiled again
        return {
            subject: renderer.prepare(plain(subject), noiseless(subject), size=SIZE)
            for subject in (1, 5, 6)
        }


def draw(person, batch, size=SIZE):
    """Render frames; values in [0, 1] in steps of 1/255."""
    return renderer.render_frames(person, batch, size) / 255.0


# Rows and columns (canonical units, left half) in which each unit must change the picture most.
REGIONS = {
    1: (0, 50, 70, 100),
    2: (0, 50, 25, 75),
    4: (0, 62, 60, 100),
    6: (48, 110, 20, 80),
    7: (48, 80, 40, 85),
    10: (95, 165, 60, 100),
    12: (100, 175, 30, 100),
    14: (130, 168, 35, 85),
    15: (130, 185, 45, 100),
    17: (135, 200, 70, 100),
    23: (122, 172, 60, 100),
    24: (118, 178, 60, 100),
}


@pytest.fixture(scope="module")
def still(maps):
    """Each person neutral and with each unit, in pictures that alignment does not move.

    Otherwise the whole picture would move with the landmarks of an expression.
    """
    aligned = renderer._alignment
    with pytest.MonkeyPatch.context() as patch, jax.numpy_rank_promotion("raise"):
        patch.setattr(
            renderer,
            "_alignment",
            lambda maps, coefficients, frame: aligned(maps, 0 * coefficients, frame),
        )
        draw_still = jax.jit(
            jax.vmap(lambda maps, frame: renderer.render_frame(maps, frame, SIZE), (None, 0))
        )
        batch = frames({}, *({au: 1.0} for au in PAPER_AUS))
        return [np.asarray(draw_still(person, batch)) for person in maps.values()]


@pytest.mark.parametrize("au", PAPER_AUS)
def test_each_unit_changes_its_region_and_not_the_rest(au, still):
    top, bottom, left, right = (value // 2 for value in REGIONS[au])
    for pictures in still:
        change = np.abs(pictures[1 + PAPER_AUS.index(au)] - pictures[0]).mean(axis=-1)
        both_sides = np.maximum(change[:, :50], change[:, :49:-1])
        inside = both_sides[top:bottom, left:right].mean()
        outside = both_sides.copy()
        outside[max(top - 6, 0) : bottom + 6, max(left - 8, 0) : right + 8] = np.nan
        assert inside > 0.012, f"AU{au} hardly shows: {inside:.4f}"
        assert np.nanmean(outside) < 0.15 * inside, f"AU{au} shows elsewhere"
        far = slice(60, 100) if ACTION_UNITS[au].region == "upper" else slice(0, 24)
        assert both_sides[far].mean() < 0.02 * inside


def test_units_move_landmarks_as_facs_says(maps):
    """Signs of the displacement of left landmarks at full intensity (right, down; 0 is free)."""
    inner_brow, outer_brow, corner, lip_top, lip_bottom = 21, 18, 48, 51, 57
    lid_top, lid_bottom, wing = 37, 41, 31
    expected = {
        1: {inner_brow: (0, -1)},
        2: {outer_brow: (0, -1)},
        4: {inner_brow: (1, 1)},
        6: {lid_bottom: (0, -1)},
        7: {lid_bottom: (0, -1), lid_top: (0, 1)},
        10: {lip_top: (0, -1), wing: (-1, -1)},
        12: {corner: (-1, -1)},
        14: {corner: (1, 0)},
        15: {corner: (0, 1)},
        17: {lip_bottom: (0, -1)},
        23: {lip_top: (0, 1), lip_bottom: (0, -1), corner: (1, 0)},
        24: {lip_top: (0, 1), lip_bottom: (0, -1), corner: (1, 0)},
        5: {lid_top: (0, -1)},
        26: {lip_bottom: (0, 1)},
        45: {lid_top: (0, 1)},
    }
    for person in maps.values():
        fields = np.asarray(person.landmark_fields).reshape(len(RENDERED_AUS), 2, -1, 2)
        for au, points in expected.items():
            moved = fields[RENDERED_AUS.index(au)].sum(axis=0)
            for number, signs in points.items():
                for value, sign in zip(moved[LANDMARK[number]], signs, strict=True):
                    assert sign == 0 or sign * value > 0.8, f"AU{au}, point {number}: {value}"


def test_inner_and_outer_brow_are_raised_apart(maps):
    fields = np.asarray(maps[1].landmark_fields).reshape(len(RENDERED_AUS), 2, -1, 2)
    inner, outer = (
        fields[RENDERED_AUS.index(au)].sum(axis=0)[[LANDMARK[21], LANDMARK[18]], 1] for au in (1, 2)
    )
    assert inner[0] < 3 * inner[1] and outer[1] < 3 * outer[0]


def test_sides_are_driven_by_asymmetry(maps):
    activation = activations(
        jnp.full(len(RENDERED_AUS), 0.5).at[RENDERED_AUS.index(12)].set(0.8),
        jnp.ones(len(RENDERED_AUS)),
        jnp.zeros(len(RENDERED_AUS)).at[RENDERED_AUS.index(12)].set(0.4),
    )
    left, right = np.asarray(activation)[RENDERED_AUS.index(12)]
    assert left / right == pytest.approx(1.4 / 0.6, rel=1e-4)
    assert np.ptp(np.asarray(activation), axis=1)[0] == 0.0


def test_pressed_lips_do_not_part():
    units = len(RENDERED_AUS)
    part, press = RENDERED_AUS.index(25), RENDERED_AUS.index(24)
    both = jnp.zeros(units).at[part].set(1.0).at[press].set(1.0)
    activation = np.asarray(activations(both, jnp.ones(units), jnp.zeros(units)))
    assert activation[part].max() < 0.1


@pytest.mark.parametrize(
    "expression",
    [
        *({au: 1.0} for au in RENDERED_AUS),
        {6: 1, 12: 1, 25: 1},
        {1: 1, 4: 1},
        {17: 1, 23: 1, 24: 1},
    ],
    ids=str,
)
def test_the_inverse_warp_finds_the_point_that_moves_there(expression, maps):
    """Skin at the position found must be carried back to its pixel."""
    person, frame = maps[6], jax.tree.map(lambda leaf: leaf[0], frames(expression))
    errors = np.asarray(_residuals(person, frame))
    assert np.quantile(errors, 0.995) < 1.0 and np.median(errors) < 0.1


@jax.jit
def _residuals(person, frame):
    identity = person.identity
    coefficients = activations(frame.intensity, identity.gain, identity.asymmetry).reshape(-1)
    alignment = renderer._alignment(person, coefficients, frame)
    upper, lower = warp.positions_on_face(person, coefficients, alignment, frame.turn, SIZE)
    grid = canonical.COARSE_EXTENT
    moved = (coefficients @ person.displacement).reshape(2, grid, grid, 2)
    view = pose.apply(alignment, jnp.asarray(canonical.picture_points(SIZE)))
    above = canonical.bilinear(person.above, canonical.to_texels(upper, SIZE))[..., 0]
    below = canonical.bilinear(person.below, canonical.to_texels(lower, SIZE))[..., 0]
    errors = []
    for number, (position, visible) in enumerate(((upper, above > 0.5), (lower, below > 0.5))):
        at = (position + canonical.MARGIN) / canonical.COARSE_STEP
        error = jnp.linalg.norm(position + canonical.bilinear(moved[number], at) - view, axis=-1)
        errors.append(jnp.where(visible, error, 0.0))
    return jnp.maximum(*errors)


def test_alignment_is_the_similarity_transform_of_scikit_image():
    rng = np.random.default_rng(0)
    target = MEAN_SHAPE[STABLE_POINTS]
    turned = (target - 100) @ np.array([[0.9, 0.2], [-0.2, 0.9]]) + [93.0, 112.0]
    landmarks = turned + rng.normal(0, 1.5, target.shape)
    found = pose.undo_alignment(jnp.asarray(landmarks, jnp.float32), jnp.zeros(4))
    align = estimate_transform("similarity", landmarks, target)
    points = rng.uniform(0, 200, (20, 2))
    unaligned = pose.apply(found, jnp.asarray(points, jnp.float32))
    np.testing.assert_allclose(align(np.asarray(unaligned)), points, atol=0.05)


def test_a_turned_head_is_seen_as_a_rotated_solid():
    rng = np.random.default_rng(0)
    points, depth = rng.uniform(40, 160, (10, 2)), rng.uniform(-20, 40, 10)
    yaw, pitch = 0.2, -0.1
    found = pose.project(
        jnp.asarray(points, jnp.float32), jnp.asarray(depth, jnp.float32), jnp.array([yaw, pitch])
    )
    solid = np.column_stack([points - [100, 110], depth])
    about_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    about_x = np.array(
        [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
    )
    wanted = (solid @ about_y.T @ about_x.T)[:, :2] + [100, 110]
    np.testing.assert_allclose(found, wanted, atol=1e-3)


def test_a_small_picture_looks_like_a_large_one_downscaled(maps):
    batch = frames({}, {12: 1.0, 6: 1.0}, {4: 1.0, 24: 1.0})
    large = draw(renderer.prepare(plain(5), noiseless(5), size=200), batch, 200)
    small = draw(maps[5], batch)
    downscaled = large.reshape(3, 100, 2, 100, 2, 3).mean(axis=(2, 4))
    difference = np.abs(small - downscaled)
    assert difference.mean() < 0.012 and np.quantile(difference, 0.99) < 0.09
    for a, b in zip(small, downscaled, strict=True):
        assert np.corrcoef(a.ravel(), b.ravel())[0, 1] > 0.99


def test_compiled_and_eager_agree(maps):
    frame = dataclasses.replace(
        renderer.neutral_frame(),
        intensity=frames({12: 0.7, 26: 0.5}).intensity[0],
        turn=jnp.array([0.1, -0.05]),
        blur=jnp.float32(0.5),
        noise_seed=jnp.uint32(5),
    )
    eager = np.asarray(renderer.render_frame(maps[1], frame, SIZE))
    compiled = draw(maps[1], jax.tree.map(lambda leaf: leaf[None], frame))[0]
    difference = np.abs(eager - compiled)  # half a step of rounding, hardly more
    assert np.quantile(difference, 0.999) < 0.6 / 255 and difference.max() < 0.02


def test_a_frame_does_not_depend_on_its_batch(maps):
    """Other neighbours, another place in the batch, another number of frames: the same picture."""
    count = 2 * renderer.frames_at_a_time(SIZE) + 3
    batch = frames(
        *({RENDERED_AUS[i % len(RENDERED_AUS)]: 0.8} for i in range(count)),
        noise_seed=jnp.arange(count, dtype=jnp.uint32),
    )
    whole = draw(maps[6], batch)
    for rows in (np.arange(count)[::-1], np.array([5]), np.array([9, 2, 11, 17])):
        part = draw(maps[6], jax.tree.map(lambda leaf, rows=rows: leaf[rows], batch))
        # The last bit of a sum may differ, which can tip the rounding of a value.
        difference = np.abs(part - whole[rows])
        assert difference.max() < 1.01 / 255 and np.mean(difference > 0) < 1e-3


def test_noise_changes_with_the_seed_only(maps):
    noise = jnp.asarray(0.02, jnp.float32)
    person = maps[1]._replace(scene=dataclasses.replace(maps[1].scene, noise=noise))
    seeds = jnp.array([1, 1, 2], jnp.uint32)
    first, again, other = draw(person, frames({}, {}, {}, noise_seed=seeds))
    np.testing.assert_array_equal(first, again)
    inner = np.s_[40:60, 40:60]
    assert np.std((other - first)[inner]) == pytest.approx(0.02 * np.sqrt(2), rel=0.15)


def test_a_hand_hides_what_is_behind_it(maps):
    position = np.array([100.0, 150.0, -np.pi / 2, 1.0, 1.0], np.float32)
    hands = jnp.stack([jnp.asarray(position)] * 2)
    neutral, smile = draw(maps[1], frames({}, {12: 1.0}, hand=hands))
    points = jnp.asarray(canonical.picture_points(SIZE))
    behind = np.asarray(hand.cover(points, jnp.asarray(position))[0]) < -2.0
    assert behind.mean() > 0.04
    np.testing.assert_allclose(smile[behind], neutral[behind], atol=1.01 / 255)


def test_gaze_moves_the_irises_and_nothing_else(maps):
    gaze = jnp.array([[0.0, 0.0], [3.0, 0.0]])
    straight, aside = draw(maps[5], frames({}, {}, gaze=gaze))
    change = np.abs(aside - straight).max(axis=-1)
    rows, columns = np.nonzero(change > 0.02)
    assert len(rows) > 10
    assert rows.min() > 22 and rows.max() < 40
    assert np.all((np.abs(columns - 30) < 12) | (np.abs(columns - 69) < 12))
