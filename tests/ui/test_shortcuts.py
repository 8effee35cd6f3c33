"""What views share."""

import pytest

from peerhub.ui.shortcuts import integer

LARGEST = 2**31 - 1


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("7", 7), ("007", 7), (str(LARGEST), LARGEST), ("0000000000", 0)],
)
def test_digits_are_a_number(text: str, number: int) -> None:
    assert integer(text) == number


@pytest.mark.parametrize(
    "text", ["", " ", "²", "٣", "-1", "+1", "1_0", "1.5", " 7", str(LARGEST + 1), "9" * 30, "9" * 5000]
)
def test_what_is_no_number_or_too_large_is_none(text: str) -> None:
    assert integer(text) is None


def test_a_number_stays_under_its_limit() -> None:
    assert [integer(text, most=999) for text in ("999", "1000")] == [999, None]
