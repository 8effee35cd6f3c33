"""Groups that the network may ask to join."""

from typing import Any

import pytest
from django.core import mail
from django.urls import reverse

from mentoring.models import GroupAsk, Mentorship
from mentoring.services.mentorships import invite_peer
from mentoring.services.open_groups import answer_ask, ask_to_join, set_open
from mentoring.services.profiles import keep_apart
from mentoring.services.terms import change_terms
from peerhub.notifications.delivery import deliver_due
from peerhub.notifications.models import Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Network, User
from tests.builders import make_network
from tests.conftest import Browser
from tests.mentoring.builders import make_listed
from tests.mentoring.mentorship_builders import make_group

pytestmark = pytest.mark.django_db


@pytest.fixture
def network() -> Network:
    return make_network()


@pytest.fixture
def ana(network: Network) -> User:
    return make_listed(network, "Ana", "Lopez").user


def page(network: Network) -> str:
    return reverse("mentoring:open-groups", args=[network.slug])


def opened(network: Network, *peers: User, **fields: Any) -> Mentorship:
    """A group in which somebody is already, and two places are free."""
    group = make_group(network, None, *(peers or (make_listed(network).user,)), goals="Se lancer", **fields)
    return set_open(mentor=group.mentor, mentorship=group, is_open=True)


def test_a_group_is_opened_asked_for_and_joined_through_the_pages(network: Network, ana: User) -> None:
    inside = make_listed(network, "Bo", "Petit").user
    group = make_group(network, None, inside, goals="Se lancer")
    theirs, mentor = Browser().as_user(ana), Browser().as_user(group.mentor)
    own = group.get_absolute_url()
    assert "Se lancer" not in theirs.get(page(network)).content.decode()
    assert mentor.post(own + "suite/", {"act": "open"}).status_code == 303
    html = theirs.get(page(network)).content.decode()
    assert ("Se lancer" in html, "2 places libres" in html, inside.full_name in html) == (True, True, False)
    assert theirs.get(own).status_code == 404
    for _time in range(2):
        assert theirs.post(page(network), {"pk": group.pk, "number": 1}).status_code == 303
    assert "Votre demande a été envoyée" in theirs.get(page(network)).content.decode()
    dispatch_all()
    assert "Une personne demande à rejoindre le groupe" in mentor.get(own).content.decode()
    assert ana.full_name not in Browser().as_user(inside).get(own).content.decode()
    assert mentor.post(own + "suite/", {"act": "accept-ask", "pk": ana.pk}).status_code == 303
    dispatch_all()
    assert group.circle.members.filter(pk=ana.pk).exists()
    assert theirs.get(own).status_code == 200
    assert "1 place libre" in theirs.get(page(network)).content.decode()
    told = set(Notification.objects.filter(kind__contains=".group_").values_list("kind", "recipient"))
    assert told == {("mentoring.group_asked", group.mentor_id), ("mentoring.group_answered", ana.pk)}
    deliver_due()
    assert [one for one in mail.outbox if "Lopez" in f"{one.subject} {one.body}"] == []


def test_one_takes_an_ask_back_and_one_that_is_declined_stays_so(network: Network, ana: User) -> None:
    group, theirs = opened(network), Browser().as_user(ana)
    assert theirs.post(page(network), {"pk": group.pk, "number": 7}).status_code == 409
    assert theirs.post(page(network), {"pk": 0}).status_code == 409
    theirs.post(page(network), {"pk": group.pk, "number": 1})
    assert theirs.post(page(network), {"take-back": group.pk}).status_code == 303
    assert not GroupAsk.objects.exists()
    ask_to_join(user=ana, mentorship_id=group.pk, number=1)
    mentor = Browser().as_user(group.mentor)
    assert mentor.post(group.get_absolute_url() + "suite/", {"refuse": ana.pk}).status_code == 303
    assert "n’a pas été retenue" in theirs.get(page(network)).content.decode()
    theirs.post(page(network), {"pk": group.pk, "number": 1})
    assert GroupAsk.objects.get().answered_at is not None
    set_open(mentor=group.mentor, mentorship=group, is_open=False)
    with pytest.raises(Refused):
        ask_to_join(user=make_listed(network).user, mentorship_id=group.pk, number=1)


def test_on_terms_that_changed_since_one_is_asked_to_agree(network: Network, ana: User) -> None:
    group = opened(network)
    ask_to_join(user=ana, mentorship_id=group.pk, number=1)
    change_terms(actor=group.mentor, mentorship=group, number=1, fields={"goals": "Autre chose"})
    answer_ask(mentor=group.mentor, mentorship=group, user_id=ana.pk, is_accepted=True)
    assert group.peers.get(user=ana).agreed_number == 0
    assert not group.circle.members.filter(pk=ana.pk).exists()
    assert Mentorship.objects.visible_to(ana).get() == group


def test_an_ask_that_would_bring_together_who_is_kept_apart_is_like_one_without_an_answer(
    network: Network, ana: User
) -> None:
    bo, zoe = make_listed(network).user, make_listed(network).user
    group = opened(network, bo)
    keep_apart(user=bo, other=ana)
    for user in (ana, zoe):
        ask_to_join(user=user, mentorship_id=group.pk, number=1)
    dispatch_all()
    assert Notification.objects.filter(kind="mentoring.group_asked").count() == 1
    seen = Browser().as_user(group.mentor).get(group.get_absolute_url())
    assert [one.user for one in seen.context["asks"]] == [zoe]
    with pytest.raises(DomainError, match="n’est plus là"):
        answer_ask(mentor=group.mentor, mentorship=group, user_id=ana.pk, is_accepted=True)
    pages = [Browser().as_user(user).get(page(network)).context["groups"] for user in (ana, zoe)]
    assert [(line.part, line.free_places) for (line,) in pages] == [("waits", 2)] * 2


def test_who_is_let_in_makes_no_ask_vanish_that_the_mentor_has_read(network: Network, ana: User) -> None:
    """Were it so, letting people in, or inviting them, one after the other would tell who keeps whom apart."""
    zoe, lea = make_listed(network).user, make_listed(network).user
    group = opened(network)
    for user in (zoe, lea):
        keep_apart(user=user, other=ana)
    read = Browser().as_user(group.mentor)

    def asks() -> list[User]:
        return [one.user for one in read.get(group.get_absolute_url()).context["asks"]]

    ask_to_join(user=ana, mentorship_id=group.pk, number=1)
    ask_to_join(user=zoe, mentorship_id=group.pk, number=1)
    assert asks() == [ana]
    invite_peer(mentor=group.mentor, mentorship=group, peer=lea)
    assert asks() == [ana]
    answer_ask(mentor=group.mentor, mentorship=group, user_id=ana.pk, is_accepted=True)
    assert (asks(), group.circle.members.filter(pk=ana.pk).exists()) == ([], True)
    assert not Mentorship.objects.visible_to(lea).exists()


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number(
    network: Network, ana: User, number: int, django_assert_num_queries: Any
) -> None:
    for _number in range(number):
        opened(network)
    client = Browser().as_user(ana)
    client.get(page(network))
    with django_assert_num_queries(QUERIES):
        html = client.get(page(network)).content.decode()
    assert html.count("2 places libres") == number


QUERIES = 6
