"""Pages of lists."""

import pytest
from django.http import Http404
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from peerhub.ui.pagination import page_number, page_window


@pytest.mark.parametrize(
    ("number", "count", "window"),
    [
        (1, 1, [1]),
        (1, 3, [1, 2, 3]),
        (1, 9, [1, 2, 3, 4, None, 9]),
        (4, 9, [1, 2, 3, 4, 5, None, 9]),
        (5, 9, [1, None, 4, 5, 6, None, 9]),
        (9, 9, [1, None, 6, 7, 8, 9]),
    ],
)
def test_the_window_shows_ends_and_neighbours(number: int, count: int, window: list[int | None]) -> None:
    assert page_window(number, count) == window


@given(st.integers(1, 400), st.integers(0, 400))
def test_a_gap_hides_at_least_two_pages(number: int, more: int) -> None:
    window = page_window(number, number + more)
    assert number in window
    for before, gap, after in zip(window, window[1:], window[2:], strict=False):
        if gap is None:
            assert before is not None
            assert after is not None
            assert after - before > 2


@pytest.mark.parametrize("asked", ["0", "-1", "x", "1.5", "²", "99999999999", "1" * 5000])
def test_a_page_that_is_no_number_is_not_found(asked: str) -> None:
    with pytest.raises(Http404):
        page_number(RequestFactory().get("/", {"page": asked}))


def test_the_first_page_needs_no_number() -> None:
    assert page_number(RequestFactory().get("/")) == 1
