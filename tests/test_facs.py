import pytest

from au_jax import facs
from au_jax.errors import InputError


@pytest.mark.parametrize(
    ("text", "au"),
    [
        ("AU01", 1),
        ("au1", 1),
        (" AU12 ", 12),
        ("24", 24),
        ("AU", None),
        ("AU01_r", None),
        ("", None),
    ],
)
def test_column_headers(text, au):
    assert facs.parse_column(text) == au


def test_column_names_are_read_back():
    assert [facs.parse_column(facs.column_name(au)) for au in facs.PAPER_AUS] == list(
        facs.PAPER_AUS
    )


def test_all_aus_of_the_paper_are_known():
    assert len(facs.PAPER_AUS) == 12
    assert facs.validate_aus(facs.PAPER_AUS) == facs.PAPER_AUS
    assert facs.describe(12) == "AU12 lip corner puller"


@pytest.mark.parametrize("aus", [(), (1, 1), (1, 99)])
def test_bad_lists_are_refused(aus):
    with pytest.raises(InputError):
        facs.validate_aus(aus)
