"""The pages of introductions."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from mentoring.enums import IntroductionState
from mentoring.models import FreeSlot, Introduction, IntroductionOptIn
from mentoring.queries.introductions import moments_of
from peerhub.people.models import Network, User
from tests.builders import make_member, make_network
from tests.conftest import Browser
from tests.mentoring.introduction_builders import draw, introduce, wish

pytestmark = pytest.mark.django_db


def sign_in(user: User) -> Browser:
    return Browser().as_user(user)


def main_page(network: Network) -> str:
    return reverse("mentoring:introductions", args=[network.slug])


def test_one_asks_skips_comes_back_and_stops() -> None:
    network = make_network()
    user = make_member(network).user
    client, page = sign_in(user), main_page(network)
    assert client.post(page, {"act": "save", "size": "3"}).status_code == 422
    assert client.post(page, {"act": "what"}).status_code == 422
    saved = client.post(page, {"act": "save", "size": "3", "slots": ["0-8", "0-10", "3-20"]})
    assert (saved.status_code, saved["Location"]) == (303, page)
    assert [*FreeSlot.objects.values_list("weekday", "starts__hour", "ends__hour")] == [(0, 8, 12), (3, 20, 22)]
    shown = client.get(page).content.decode()
    ticked = [code for code in ("0-8", "0-10", "0-12", "3-20") if f'value="{code}" checked' in shown]
    assert ticked == ["0-8", "0-10", "3-20"]
    for act, skips in (("skip", True), ("back", False)):
        assert client.post(page, {"act": act}).status_code == 303
        assert (IntroductionOptIn.objects.get().skips_until is not None) is skips
    client.post(page, {"act": "out"})
    assert not IntroductionOptIn.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_the_main_page_costs_the_same_with_one_and_three(number: int, django_assert_num_queries: Any) -> None:
    network = make_network()
    user = wish(network)
    for month in range(number):
        other = wish(network)
        now = timezone.now() + timedelta(days=31 * month)
        draw(network, month=now.date().replace(day=1), now=now)
        IntroductionOptIn.objects.filter(user=other).delete()
    client = sign_in(user)
    with django_assert_num_queries(QUERIES):
        response = client.get(main_page(network))
    assert (response.status_code, response.content.decode().count("introduction-line")) == (200, number)


QUERIES = 9


def test_one_accepts_what_one_read_and_the_other_moves_it() -> None:
    network = make_network()
    one, other = wish(network, "Ana"), wish(network, "Bo")
    made = introduce(network, one, other)
    page = made.get_absolute_url()
    client = sign_in(one)
    assert "Bo Test" in client.get(page).content.decode()
    assert made.proposed_at is not None
    for words in ("", "x", "2031-99-01T10:00:00", "2031-01-01T10:00:00+00:00"):
        assert client.post(page, {"act": "accept", "moment": words}).status_code == 409
    assert client.post(page, {"act": "what"}).status_code == 422
    accepted = client.post(page, {"act": "accept", "moment": made.proposed_at.isoformat()})
    assert (accepted.status_code, accepted["Location"]) == (303, page)
    assert client.get(Introduction.objects.get().topic.get_absolute_url()).status_code == 200  # type: ignore[union-attr]
    mover = sign_in(other)
    assert mover.post(page, {"act": "move"}).status_code == 422
    assert mover.post(page, {"act": "move", "moment": "other", "day": "2031-01-01"}).status_code == 422
    moment = moments_of(made, timezone.now())[0]
    assert mover.post(page, {"act": "move", "moment": moment.isoformat()}).status_code == 303
    day = timezone.localdate() + timedelta(days=9)
    again = client.post(page, {"act": "move", "moment": "other", "day": day.isoformat(), "hour": "18:30"})
    assert again.status_code == 303
    made.refresh_from_db()
    assert timezone.localtime(made.proposed_at, ZoneInfo("Europe/Paris")).strftime("%Y-%m-%d %H:%M") == f"{day} 18:30"
    mover.post(page, {"act": "accept", "moment": made.proposed_at.isoformat()})
    made.refresh_from_db()
    assert made.state == IntroductionState.PLANNED
    assert client.post(page, {"act": "decline"}).status_code == 403


def test_one_declines_and_reads_the_main_page() -> None:
    network = make_network()
    one, other = wish(network), wish(network)
    made = introduce(network, one, other)
    asked = sign_in(one).get(made.get_absolute_url()).content.decode()
    assert f"{other.full_name} l’apprend sans qu’aucune raison ne soit dite." in asked
    declined = sign_in(one).post(made.get_absolute_url(), {"act": "decline"})
    assert (declined.status_code, declined["Location"]) == (303, main_page(network))
    assert "déclinée" in sign_in(other).get(main_page(network)).content.decode()
    assert "n’a pas lieu" in sign_in(other).get(made.get_absolute_url()).content.decode()


def test_of_three_one_reads_that_the_two_others_may_meet_before_one_declines() -> None:
    network = make_network()
    one, second, third = (wish(network, name, size=3) for name in ("Ana", "Bo", "Cy"))
    page = introduce(network, one, second, third).get_absolute_url()
    asked = sign_in(one).get(page).content.decode()
    assert "Bo Test et Cy Test peuvent se rencontrer sans vous." in asked
    sign_in(one).post(page, {"act": "decline"})
    assert "Bo Test l’apprend" in sign_in(third).get(page).content.decode()
