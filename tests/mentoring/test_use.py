"""The report of use: what is counted, where, and who reads it."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from mentoring.enums import NeedState
from mentoring.models import Introduced, Introduction, IntroductionRound, Need, TrainingPlace
from mentoring.queries.use import Quarter, Table, quarters_told, use_of
from mentoring.services.conversations import private_circle
from mentoring.services.training_places import claim_place
from peerhub.people.models import Membership, Network, User
from tests.builders import make_animator, make_member, make_network
from tests.conftest import Browser
from tests.mentoring.builders import make_place
from tests.mentoring.training_builders import make_training

pytestmark = pytest.mark.django_db
SUMMER = Quarter(2025, 3)
JULY = datetime(2025, 7, 10, 12, tzinfo=UTC)


@pytest.fixture
def network() -> Network:
    made = make_network()
    Network.objects.filter(pk=made.pk).update(created_at=datetime(2025, 2, 1, tzinfo=UTC))
    made.refresh_from_db()
    return made


def ask(network: Network, number: int, *, category: str = "agent", days: float | None = None, town: str = "") -> None:
    """As many people who looked for help in July, and were answered after so many days."""
    place = make_place(town) if town else None
    for _person in range(number):
        need_of(make_member(network, category=category, territory=place).user, network, days=days)


def need_of(author: User, network: Network, *, days: float | None = None) -> Need:
    """As it stands once it was opened: peers are not sought for it here."""
    return Need.objects.create(
        network=network,
        circle=private_circle(network=network, people=[author]),
        author=author,
        title="Ouvrir un lieu",
        token=uuid4(),
        state=NeedState.OPEN if days is None else NeedState.ANSWERED,
        opened_at=JULY,
        answered_at=JULY + timedelta(days=days) if days is not None else None,
    )


def numbers(table: Table) -> dict[str, list[int | None]]:
    rows = {row.label: [cell.number for cell in row.cells] for row in table.rows}
    others = {"+": [cell.number for cell in table.others.cells]} if table.others else {}
    return {**rows, **others, "=": [cell.number for cell in table.total.cells]}


def test_needs_and_their_answers_by_category_and_region(network: Network) -> None:
    ask(network, 5, days=2, town="Feurs")
    ask(network, 6, days=40, town="Feurs")
    ask(network, 5, category="elected", days=4)
    ask(network, 2, category="association")
    found = use_of(network, SUMMER)
    assert numbers(found.by_category) == {
        # Two of an association: told with those of the elected officials, the next smallest.
        # And that agents were answered five times is not told beside ten: two of the others were not.
        "Agent·es": [11, None, 0, 0, 0],
        "+": [7, 10, None, None, None],
        "=": [18, 10, 0, 0, 0],
    }
    assert numbers(found.by_region) == {
        "Auvergne-Rhône-Alpes": [11, None, 0, 0, 0],
        "": [7, None, 0, 0, 0],
        "+": [None, 10, None, None, None],
        "=": [18, 10, 0, 0, 0],
    }
    assert found.delay_days == 3


def test_answers_are_not_told_where_few_had_none(network: Network) -> None:
    ask(network, 9, days=1)
    ask(network, 4)
    found = use_of(network, SUMMER)
    assert (numbers(found.by_category), found.delay_days) == (
        {"Agent·es": [13, None, 0, 0, 0], "=": [13, None, 0, 0, 0]},
        None,
    )


def test_too_few_people_are_no_number_at_all(network: Network) -> None:
    ask(network, 4)
    author = Need.objects.order_by("pk")[0].author
    for _more in range(4):
        need_of(author, network)
    found = use_of(network, SUMMER)
    assert numbers(found.by_category) == {"=": [None, None, 0, 0, 0]}


def test_what_is_of_another_quarter_or_network_is_not_counted(network: Network) -> None:
    ask(network, 5)
    ask(make_network(), 5)
    ask(network, 1)
    latest = Need.objects.order_by("-pk")[0]
    before, after = SUMMER.span
    for moment, number in ((before, 6), (before - timedelta(microseconds=1), 5), (after, 5)):
        Need.objects.filter(pk=latest.pk).update(opened_at=moment)
        assert numbers(use_of(network, SUMMER).by_category)["="][0] == number


def test_introductions_and_trainings_are_counted_by_person(network: Network) -> None:
    people = [make_member(network).user for _ in range(6)]
    month = IntroductionRound.objects.create(network=network, month=date(2025, 8, 1), seed=1)
    for two in (people[:2], people[2:4], people[4:]):
        met = Introduction.objects.create(
            round=month, network=network, circle=private_circle(network=network, people=two)
        )
        Introduced.objects.bulk_create([Introduced(introduction=met, user=one) for one in two])
    training = make_training(make_member(network).user, network, capacity=9)
    for one in people[:5]:
        claim_place(user=one, training=training)
    TrainingPlace.objects.update(claimed_at=JULY)
    assert numbers(use_of(network, SUMMER).by_category) == {"Agent·es": [0, 0, 0, 6, 5], "=": [0, 0, 0, 6, 5]}


def test_a_quarter_is_told_a_month_after_its_end(network: Network) -> None:
    assert Quarter(2025, 4).next == Quarter(2026, 1)
    told = [one.key for one in quarters_told(network, datetime(2026, 1, 29, 12, tzinfo=UTC))]
    assert told == ["2025-3", "2025-2", "2025-1"]
    assert quarters_told(network, datetime(2026, 1, 31, tzinfo=UTC))[0].key == "2025-4"
    assert quarters_told(make_network(), timezone.now()) == []


@pytest.mark.parametrize("number", [1, 3])
def test_it_is_read_in_as_many_queries_however_many_people(
    network: Network, number: int, django_assert_num_queries: object
) -> None:
    ask(network, 5 * number, days=1)
    with django_assert_num_queries(7):  # type: ignore[operator]
        use_of(network, SUMMER)


def test_animators_read_it_and_nobody_else(browser: Browser, network: Network) -> None:
    ask(network, 7)
    page = reverse("mentoring:use-report", args=[network.slug])
    member: User = Membership.objects.order_by("pk")[0].user
    assert browser.as_user(member).get(page).status_code == 403
    browser.as_user(make_animator(network).user)
    assert browser.get(page).status_code == 200
    html = browser.get(f"{page}?trimestre=2025-3").content.decode()
    assert ("Juillet à septembre 2025" in html, ">7<" in html, "masqué" in html) == (True, True, True)
    assert browser.get(f"{page}?trimestre=2031-1").status_code == 404
    fresh = make_network()
    browser.as_user(make_animator(fresh).user)
    empty = browser.get(reverse("mentoring:use-report", args=[fresh.slug])).content.decode()
    assert "pas encore raconté" in empty
