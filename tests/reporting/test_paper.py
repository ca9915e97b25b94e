import math

import pytest

from au_jax import facs
from au_jax.reporting.paper import (
    DOUBTS,
    SAMPLING_DATASETS,
    SAMPLING_TABLES,
    PrintedTable,
    printed_table,
)

TABLES = {number: printed_table(number) for number in (1, 2, 3, 4)}
COLUMNS = [(number, name) for number, table in TABLES.items() for name in table.columns]
# Cells and averages are both rounded to this unit.
UNIT = {1: 0.1, 2: 0.1, 3: 0.01, 4: 0.01}


def average(number, name):
    """The average of a column: of empty cells, tables 3 and 4 made zeros."""
    cells = TABLES[number].columns[name].values()
    known = [cell for cell in cells if not math.isnan(cell)]
    return sum(known) / (12 if number in (3, 4) else len(known))


def is_averaged_well(number, name):
    # Half a unit for the average, half a unit for the mean of the cells.
    return abs(average(number, name) - TABLES[number].means[name]) <= UNIT[number] + 1e-9


@pytest.mark.parametrize("number", TABLES)
def test_tables_have_the_twelve_aus_and_their_range(number):
    table = TABLES[number]
    assert isinstance(table, PrintedTable) and table.number == number
    assert table.aus == facs.PAPER_AUS
    assert set(table.columns) == set(table.means)
    for name, column in table.columns.items():
        assert tuple(column) == facs.PAPER_AUS
        top = 100 if number < 3 else 1
        for cell in [*column.values(), table.means[name]]:
            assert math.isnan(cell) or 0 < cell <= top
        # In percent, or shares: not one for the other.
        assert table.means[name] > top / 5


@pytest.mark.parametrize("number", [3, 4])
def test_sampling_tables_have_three_strategies_within_and_between(number):
    names = [
        f"{way}_{scenario}" for scenario in ("within", "between") for way in ("rs", "ms", "momu")
    ]
    assert list(TABLES[number].columns) == names


def test_printed_averages_are_those_of_the_cells_except_for_one():
    wrong = [place for place in COLUMNS if not is_averaged_well(*place)]
    assert wrong == [(4, "rs_between")]
    assert average(4, "rs_between") == pytest.approx(0.3167, abs=1e-4)
    assert ".32" in DOUBTS[4, "rs_between"] and ".25" in DOUBTS[4, "rs_between"]


@pytest.mark.parametrize("number", [3, 4])
def test_empty_cells_of_the_sampling_tables_count_as_zero(number):
    """Averages over the cells with a number alone would be far from the printed ones."""
    for name, column in TABLES[number].columns.items():
        known = [cell for cell in column.values() if not math.isnan(cell)]
        if len(known) < 12 and (number, name) not in DOUBTS:
            assert abs(sum(known) / len(known) - TABLES[number].means[name]) > 0.03


def test_columns_are_doubtful_if_their_average_is_off_or_they_repeat_another():
    found = {place for place in COLUMNS if not is_averaged_well(*place)}
    for number, one in COLUMNS:
        for other in TABLES[number].columns:
            pairs = zip(
                TABLES[number].columns[one].values(),
                TABLES[number].columns[other].values(),
                strict=True,
            )
            if one != other and sum(a == b for a, b in pairs) >= 10:
                found.add((number, one))
    assert found == set(DOUBTS)


def test_data_sets_of_section_5():
    assert {SAMPLING_DATASETS[number] for number in SAMPLING_TABLES.values()} == {"GFT", "BP4D+"}
    # The tables' names are those of the tested set: AU4, rare in GFT, is easy in BP4D+ only.
    assert TABLES[SAMPLING_TABLES["bp4d_like"]].columns["momu_within"][4] == 0.88
    assert TABLES[SAMPLING_TABLES["gft"]].columns["momu_within"][4] == 0.29
