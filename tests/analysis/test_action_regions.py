import numpy as np
import pytest

from au_jax.analysis.action_regions import moved_region, share_inside
from au_jax.analysis.rendered_units import render_units
from au_jax.facs import PAPER_AUS


def test_a_region_is_where_faces_change():
    neutral = np.random.default_rng(0).integers(0, 256, (3, 50, 50, 3)).astype(float)
    active = neutral.copy()
    active[:, 10:20, 30:45] += np.array([30, -30, 60])
    active[1, 40, 5] += 5  # little, and in one person alone
    region = moved_region(neutral, active)
    assert region[11:19, 31:44].all()
    assert not region[:, :25].any() and not region[30:].any()
    assert not moved_region(neutral, neutral).any()


def test_shares_are_of_absolute_values_and_even_ones_have_the_area():
    region = np.zeros((4, 4), bool)
    region[:2, :1] = True
    signed = np.zeros((4, 4))
    signed[0, 0], signed[3, 3] = -3.0, 1.0
    shares = share_inside(np.stack([np.ones((4, 4)), signed, np.zeros((4, 4))]), region)
    np.testing.assert_allclose(shares, [region.mean(), 0.75, np.nan])


@pytest.fixture(scope="module")
def people():
    return [render_units(3, subject, PAPER_AUS, 64) for subject in range(3)]


def test_units_move_the_part_of_the_face_that_facs_says(people):
    active, still = (
        np.stack([getattr(one, name) for one in people], axis=1) for name in ("active", "still")
    )
    centres = {}
    for unit, au in enumerate(PAPER_AUS):
        region = moved_region(still[unit], active[unit])
        assert 0.02 < region.mean() < 0.4
        centres[au] = np.argwhere(region).mean(axis=0) / 64
    rows = {au: centre[0] for au, centre in centres.items()}
    # Brows above eyes above cheeks and mouth above chin.
    assert max(rows[1], rows[2], rows[4]) < rows[7] < rows[6] + 0.1 < rows[10] < rows[17]
    assert max(rows[au] for au in (1, 2, 4, 6, 7)) < 0.5 < min(rows[10], rows[15], rows[24])
    # People are symmetrical but for a little.
    assert all(abs(centre[1] - 0.5) < 0.1 for centre in centres.values())


def test_alignment_moves_neutral_and_active_faces_alike(people):
    """Far from the mouth nothing changes with AU15, although landmarks of the mouth move."""
    unit = PAPER_AUS.index(15)
    for one in people:
        above = np.abs(one.active[unit].astype(int) - one.still[unit])[:25]
        assert above.max() <= 2
        assert np.abs(one.active[unit].astype(int) - one.neutral)[:25].max() > 10
