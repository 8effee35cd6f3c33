"""Pages of lists, in two kinds: numbered (small lists, or where the count is known) and keyset (long ones)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

T = TypeVar("T")
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Page(Generic[T]):
    """A numbered page: `number` from 1 to `page_count`; `total` rows where it was counted."""

    items: Sequence[T]
    number: int
    page_count: int
    total: int | None = None

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @property
    def next_number(self) -> int | None:
        return self.number + 1 if self.number < self.page_count else None


@dataclass(frozen=True)
class KeysetPage(Generic[T]):
    """A page known by its edges: `newer` and `older` are the values of the query's `after` and `before`, or None."""

    items: Sequence[T]
    newer: str | None = None
    older: str | None = None

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


def page_number(request: HttpRequest, param: str = "page") -> int:
    """Read the page asked for; 1 without one. Raise Http404 when it is not a positive number."""
    asked = request.GET.get(param, "1")
    if not (asked.isascii() and asked.isdigit() and len(asked) <= 7 and int(asked)):
        raise Http404
    return int(asked)


def page_of(queryset: QuerySet[M, M], number: int, size: int) -> Page[M]:
    """Cut page `number` out of an ordered queryset: one COUNT and one SELECT. Raise Http404 past the last page."""
    total = queryset.count()
    page_count = max(1, -(-total // size))
    if number > page_count:
        raise Http404
    rows = list(queryset[(number - 1) * size : number * size])
    return Page(items=rows, number=number, page_count=page_count, total=total)


def page_window(number: int, page_count: int) -> list[int | None]:
    """List the page numbers to link: the ends, the neighbours, None for a gap. (5, 9) gives 1 … 4 5 6 … 9."""
    wanted = {1, page_count, number - 1, number, number + 1}
    if number <= 3:
        wanted |= {2, 3, 4}
    if number >= page_count - 2:
        wanted |= {page_count - 1, page_count - 2, page_count - 3}
    window: list[int | None] = []
    previous = 0
    for page in sorted(page for page in wanted if 1 <= page <= page_count):
        if page == previous + 2:
            window.append(page - 1)
        elif page > previous + 2:
            window.append(None)
        window.append(page)
        previous = page
    return window
