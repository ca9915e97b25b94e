import csv
import io

import numpy as np
import pytest

from au_jax.reporting.learned.region_table import region_csv, region_table


def made(shuffled=True):
    """Two AUs, three people, two draws of random outputs."""
    regions = np.zeros((2, 10, 10), bool)
    regions[0, :2], regions[1, :5] = True, True
    inside = {"cnn": np.full((1, 2, 2, 3), 0.6), "random": np.full((2, 2, 2, 3), 0.3)}
    inside["cnn"][0, 0, 0] = [0.2, 0.4, 0.6]
    inside["cnn"][0, 1, 0] = np.nan  # Grad-CAM with nothing that speaks for the AU
    inside["random"][1, 0, 0] = 0.5  # more than the AU's own output
    if shuffled:
        inside["shuffled"] = np.full((1, 2, 2, 3), 0.25)
    return {
        "aus": np.array([1, 12]),
        "regions": regions,
        "logits": np.array([[1.0, 2.0, -3.0], [1.0, 1.0, 1.0]]),
        "neutral_logits": np.full((2, 3), -1.0),
        **{f"inside_{name}": values for name, values in inside.items()},
    }


def test_table_shows_shares_and_how_many_times_the_area_they_are():
    table = region_table(made())
    assert len(table.header) == 2 + 2 * 3 + 1
    first, second, mean = table.rows
    assert first[:5] == (
        "AU1 inner brow raiser",
        "20.0",
        "40.0 (×2.0)",
        "40.0 (×2.0)",
        "25.0 (×1.2)",
    )
    assert first[5] == "–" and first[-1] == "67/0"
    assert second[2] == "60.0 (×1.2)"
    assert mean[1:3] == ("35.0", "50.0 (×1.6)")
    assert mean[5] == "60.0 (×1.2)"  # of the AU that has one
    # 0.4 is below the 0.5 of one draw; Grad-CAM of AU1 is nothing.
    assert "1 of 2 by integrated gradients, 1 of 2 by Grad-CAM" in table.notes[-1]


def test_a_network_that_is_not_there_has_no_column():
    assert len(region_table(made(shuffled=False)).header) == 2 + 2 * 2 + 1


def test_csv_has_spreads_over_people_and_draws():
    rows = list(csv.DictReader(io.StringIO(region_csv(made()))))
    assert [row["au"] for row in rows] == ["AU01", "AU12"]
    first = rows[0]
    assert float(first["integrated_gradients_cnn_share"]) == pytest.approx(0.4)
    assert float(first["integrated_gradients_cnn_sd_over_people"]) == pytest.approx(0.2)
    assert first["integrated_gradients_cnn_sd_over_draws"] == ""
    assert float(first["integrated_gradients_random_sd_over_draws"]) == pytest.approx(0.02**0.5)
    assert float(first["integrated_gradients_random_lift"]) == pytest.approx(2.0)
    assert first["grad-cam_cnn_share"] == ""
    assert float(first["mean_logit"]) == 0 and float(first["mean_neutral_logit"]) == -1
