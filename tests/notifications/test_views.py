"""The list, the way to what each is about, preferences and unsubscribing."""

import pytest
from django.core import mail
from pytest_django import DjangoAssertNumQueries

from peerhub.notifications.channels.email import unsubscribe_token
from peerhub.notifications.enums import Channel, Frequency
from peerhub.notifications.models import Delivery, Notification, Preference
from peerhub.notifications.queries import notifications_page, unread_count
from peerhub.notifications.services import notify, set_preferences
from peerhub.people.models import Membership
from tests.builders import make_member, make_network, make_user
from tests.conftest import Browser
from tests.notifications.builders import KEY

pytestmark = pytest.mark.django_db


def tell(member: Membership, count: int = 1) -> None:
    for number in range(count):
        notify(
            kind=KEY,
            recipients=[member.user_id],
            target_id=member.network_id,
            dedupe_key=f"k{number}",
            network_id=member.network_id,
        )


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_one_and_three(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    member = make_member(make_network())
    tell(member, count)
    with django_assert_num_queries(2):
        lines, more = notifications_page(member.user)
    assert (len(lines), more) == (count, None)


def test_list_pages_go_on_without_gap_or_double() -> None:
    member = make_member(make_network())
    tell(member, 31)
    first, more = notifications_page(member.user)
    second, end = notifications_page(member.user, more)
    keys = [line.notification.key for line in first + second]
    assert (keys, end) == ([f"k{number}" for number in range(30, -1, -1)], None)


@pytest.mark.parametrize("before", ["1" * 5000, "99999999999999999999", "٣", "-1", "x"])
def test_a_place_in_the_list_that_means_nothing_is_its_beginning(browser: Browser, before: str) -> None:
    answer = browser.as_user(make_member(make_network()).user).get("/notifications/", {"avant": before})
    assert answer.status_code == 200


def test_opening_reads_it_and_goes_there(browser: Browser) -> None:
    member = make_member(make_network())
    tell(member)
    notification = Notification.objects.get()
    response = browser.as_user(member.user).get(f"/notifications/{notification.pk}/")
    assert (response.status_code, response["Location"]) == (302, "/")
    assert unread_count(member.user) == 0


def test_opening_somebody_elses_is_not_found(browser: Browser) -> None:
    member = make_member(make_network())
    tell(member)
    response = browser.as_user(make_user()).get(f"/notifications/{Notification.objects.get().pk}/")
    assert response.status_code == 404
    assert unread_count(member.user) == 1


def test_unsubscribe_link_acts_on_post_alone(browser: Browser) -> None:
    user = make_user()
    address = f"/notifications/desabonnement/{unsubscribe_token(user, KEY)}/"
    assert browser.get(address).status_code == 200
    assert browser.head(address).status_code == 200
    assert Preference.objects.count() == 0
    assert browser.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert list(Preference.objects.values_list("kind", "channel", "frequency")) == [
        (KEY, Channel.EMAIL, Frequency.NEVER)
    ]


def test_unsubscribing_holds_for_the_digest_that_waits(browser: Browser) -> None:
    member, other = make_member(make_network()), make_member(make_network())
    for one in (member, other):
        set_preferences(user=one.user, wishes={(KEY, Channel.EMAIL): Frequency.DAILY})
        tell(one)
    browser.post(f"/notifications/desabonnement/{unsubscribe_token(member.user, KEY)}/")
    states = Delivery.objects.values_list("notification__recipient", "state", "skipped_reason")
    assert set(states) == {(member.user_id, "skipped", "never"), (other.user_id, "pending", "")}


def test_a_forged_unsubscribe_link_is_not_found(browser: Browser) -> None:
    assert browser.post("/notifications/desabonnement/forged/").status_code == 404


def test_preferences_are_kept_and_obeyed(browser: Browser) -> None:
    member = make_member(make_network())
    browser.as_user(member.user)
    page = browser.get("/notifications/preferences/")
    wishes = {name: field.initial or "" for name, field in page.context["form"].fields.items()}
    wishes[f"{KEY}:{Channel.EMAIL}"] = Frequency.NEVER
    assert browser.post("/notifications/preferences/", wishes).status_code == 302
    tell(member)
    assert mail.outbox == []
    assert unread_count(member.user) == 1
    refused = browser.post("/notifications/preferences/", {f"{KEY}:{Channel.EMAIL}": "sometimes"})
    assert refused.status_code == 422
