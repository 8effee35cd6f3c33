"""Circles of one name, in the list of a form."""

from datetime import UTC, datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from peerhub.people.enums import CircleKind
from peerhub.people.models import User
from peerhub.people.services.circles import create_circle
from sessions.forms import SessionForm
from sessions.queries.circles import told_apart
from sessions.queries.sessions import circles_for_planning
from tests.builders import make_animator, make_network
from tests.sessions.builders import make_session

pytestmark = pytest.mark.django_db
NAME = "Élu·es du parcours"


@pytest.mark.parametrize(
    ("count", "queries", "said"),
    [(1, 1, [NAME]), (3, 3, [f"{NAME} (1er\u00a0mars\u00a02031)", f"{NAME} (6\u00a0mars\u00a02031)", NAME])],
)
def test_circles_of_one_name_are_told_apart(
    count: int, queries: int, said: list[str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    network = make_network()
    animator: User = make_animator(network).user
    for number in range(count):
        circle = create_circle(network=network, kind=CircleKind.CUSTOM, name=NAME, members=[animator])
        if number < 2:
            make_session(
                network, author=animator, circle=circle, starts_at=datetime(2031, 3, 1 + 5 * number, 9, tzinfo=UTC)
            )
    circles = circles_for_planning(animator, network)
    with django_assert_num_queries(queries):
        apart = told_apart(animator, circles)
    labels = [str(label) for _value, label in SessionForm(circles=circles, apart=apart).fields["circle"].choices]  # type: ignore[attr-defined]
    assert [label for label in labels if label.startswith(NAME)] == said
