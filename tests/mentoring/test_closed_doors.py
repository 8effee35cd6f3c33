"""Attacks that once went through: nobody is made to meet, to read, to name or to be named against what was said."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from mentoring.enums import NeedKind, NeedState
from mentoring.limits import ASKS_OF_ONE_PER_MONTH, count_ask, may_complete, why_not_ask
from mentoring.models import KeptApart, Mentorship, Need, Solicitation, Thanks, Training
from mentoring.queries.suggestions import suggestions_for
from mentoring.services import mentorship_course
from mentoring.services.actors import name_keeper
from mentoring.services.needs import MOST_DRAFTS, save_draft
from mentoring.services.solicitations import accept_solicitation, decline_solicitation, withdraw_solicitation
from mentoring.services.terms import change_terms
from mentoring.services.thanks import publish_thanks, thank
from mentoring.services.trainings import Step, change_training, open_training, write_training
from mentoring.suggestions import helpers_for, peers_for
from peerhub.outbox.testing import dispatch_all
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Circle, Membership, Network, Organisation, User
from peerhub.people.services.circles import category_circle
from peerhub.people.services.memberships import leave_network
from sessions.models import PeerSession
from tests.builders import make_animator, make_network
from tests.conftest import Browser
from tests.forums.builders import make_forum, make_topic
from tests.mentoring.builders import make_listed
from tests.mentoring.mentorship_builders import make_group, make_mentorship
from tests.mentoring.need_builders import make_need, make_peer, put_in_organisation
from tests.mentoring.solicitation_builders import QUESTION, ask
from tests.mentoring.test_directory_privacy import choose
from tests.mentoring.training_builders import make_draft_training

pytestmark = pytest.mark.django_db


def keep_away(user: User, other: User) -> None:
    KeptApart.objects.create(user=user, other=other, asked_by=user)


def silence(user: User) -> None:
    Membership.objects.filter(user=user).update(silenced_until=timezone.now() + timedelta(days=1))


def in_five_days() -> dict[str, str]:
    day = timezone.localdate() + timedelta(days=5)
    return {
        "act": "meet", "token": str(uuid4()), "starts_on": day.isoformat(), "starts_time": "10:00", "minutes": "30"
    }  # fmt: skip


def test_nobody_is_made_to_meet_whom_they_left_or_keep_away(browser: Browser, network: Network, me: Membership) -> None:
    zoe = make_peer(network, "Zoé")
    (long,) = ask(make_need(me.user, network, kind=NeedKind.MENTORING), zoe)
    (short,) = ask(make_need(me.user, network), zoe)
    for one in (long, short):
        accept_solicitation(peer=zoe.user, solicitation=one)
    dispatch_all()
    mentorship_course.leave(actor=zoe.user, mentorship=Mentorship.objects.get())
    browser.as_user(me.user)
    assert browser.post(long.get_absolute_url(), in_five_days()).status_code == 409
    keep_away(zoe.user, me.user)
    several = in_five_days() | {"other_on_1": in_five_days()["starts_on"], "other_time_1": "14:00"}
    for typed in (in_five_days(), several):
        assert browser.post(short.get_absolute_url(), typed).status_code == 409
    assert PeerSession.objects.count() == 0


def test_a_need_that_somebody_helps_with_is_not_opened_again_by_what_ended_before(
    network: Network, me: Membership
) -> None:
    zoe, paul = make_peer(network, "Zoé"), make_peer(network, "Paul")
    need = make_need(me.user, network, kind=NeedKind.MENTORING)

    def accepted_by(peer: Membership) -> Mentorship:
        (one,) = ask(need, peer)
        accept_solicitation(peer=peer.user, solicitation=one)
        dispatch_all()
        return Mentorship.objects.get(mentor=peer.user)

    def look_again() -> Need:
        return mentorship_course.look_again(actor=me.user, mentorship=first, token=uuid4())

    first = accepted_by(zoe)
    mentorship_course.leave(actor=me.user, mentorship=first)
    assert (look_again(), look_again().state) == (need, NeedState.OPEN)
    accepted_by(paul)
    draft = look_again()
    assert (draft.is_draft, draft.title) == (True, need.title)
    need.refresh_from_db()
    assert need.state == NeedState.ANSWERED


def test_drafts_have_an_end(network: Network, me: Membership) -> None:
    for _number in range(MOST_DRAFTS):
        kept = save_draft(author=me.user, network=network, token=uuid4(), fields={})
    assert save_draft(author=me.user, network=network, token=kept.token, fields={"title": "Ouvrir"}) == kept
    with pytest.raises(DomainError, match="jetez-en un"):
        save_draft(author=me.user, network=network, token=uuid4(), fields={})


def test_what_is_taken_back_is_read_no_more(browser: Browser, network: Network, me: Membership) -> None:
    zoe = make_peer(network, "Zoé")
    need = make_need(me.user, network, details="Le maire part à l’automne.")
    (one,) = ask(need, zoe)
    pages = [one.get_absolute_url(), reverse("mentoring:solicitations"), need.get_absolute_url()]
    before = "".join(browser.as_user(zoe.user).get(page).content.decode() for page in pages)
    assert QUESTION in before
    withdraw_solicitation(asker=me.user, solicitation=one)
    answers = [browser.get(page) for page in pages]
    assert [answer.status_code for answer in answers] == [200, 200, 404]
    for words in (QUESTION, need.title, need.details):
        assert words not in "".join(answer.content.decode() for answer in answers)
    assert QUESTION in browser.as_user(me.user).get(pages[0]).content.decode()


def test_asking_one_person_again_and_again_ends(browser: Browser, network: Network, me: Membership) -> None:
    zoe, token = make_peer(network, "Zoé"), str(uuid4())
    browser.as_user(me.user)

    def answer(asks: Callable[..., Any] = browser.post) -> Any:
        need = make_need(me.user, network)
        page = reverse("mentoring:solicitation-new", args=[need.pk, zoe.user_id])
        # The same token for each: it makes each ask once, and stands in the way of none.
        return asks(page, {"token": token, "question": QUESTION})

    assert [answer().status_code, answer().status_code] == [303, 303]
    while not why_not_ask(me.user, zoe.user_id):
        count_ask(me.user, zoe.user_id)
    # What was typed stays, with when one may ask again; and who comes only now need not write it.
    refused = answer()
    form, said = refused.context["form"], refused.content.decode()
    assert (refused.status_code, form["question"].value()) == (429, QUESTION)
    assert "vous pourrez de nouveau le" in said
    early = answer(browser.get)
    assert (early.status_code, "vous pourrez de nouveau le" in browser.get(early["Location"]).content.decode()) == (
        303,
        True,
    )


def test_who_is_named_to_be_asked_next_counts_as_asked(browser: Browser, network: Network, me: Membership) -> None:
    """Else one would ask them for ever, each time behind somebody whose ask is taken back at once."""
    paul, lea, zoe = (make_peer(network, name) for name in ("Paul", "Léa", "Zoé"))
    browser.as_user(me.user)

    def page(peer: Membership) -> str:
        return reverse("mentoring:solicitation-new", args=[make_need(me.user, network).pk, peer.user_id])

    typed = {"token": str(uuid4()), "question": QUESTION, "others": [zoe.user_id]}
    assert [browser.post(page(paul), typed).status_code for _time in range(ASKS_OF_ONE_PER_MONTH)] == [303] * 3
    named = browser.get(page(lea)).context["form"].fields.get("others")
    assert zoe.user_id not in [pk for pk, _name in (named.choices if named else [])]
    assert (browser.post(page(lea), typed).status_code, bool(why_not_ask(me.user, zoe.user_id))) == (303, True)
    assert Solicitation.objects.filter(peer=zoe.user).count() == ASKS_OF_ONE_PER_MONTH


def test_no_page_reads_out_the_directory(browser: Browser, network: Network, me: Membership) -> None:
    group = make_group(network, me.user, state="proposed")
    (one,) = ask(make_need(make_listed(network, "Ana").user, network), me)
    pages = {
        reverse("mentoring:my-availability"): {"act": "find", "words": "pair"},
        reverse("mentoring:mentorship-invite", args=[group.pk]): {"words": "pair"},
        one.get_absolute_url(): {"act": "decline", "reason": "time", "name": "pair"},
    }
    browser.as_user(me.user)
    while may_complete(me.user):
        pass
    assert [browser.post(page, typed).status_code for page, typed in pages.items()] == [429] * 3


def test_a_question_is_not_brought_to_who_keeps_its_author_away(network: Network, me: Membership) -> None:
    zoe = make_peer(network, "Zoé", slug="cantine-bio-locale")
    question = "Qui a réussi sa cantine bio ?"
    topic = make_topic(make_forum(network), me.user, title=question)
    assert helpers_for(topic) == [zoe.user_id]
    assert [one.user_id for one in peers_for(me.user, network, question)] == [zoe.user_id]
    keep_away(zoe.user, me.user)
    assert helpers_for(topic) == []
    assert peers_for(me.user, network, question) == []


def test_suggestions_tell_no_room_of_who_does_not_show_it(network: Network, me: Membership) -> None:
    zoe = make_peer(network, "Zoé")
    need = make_need(me.user, network)

    def codes() -> set[str]:
        return {reason.code for one in suggestions_for(me.user, need) for reason in one.reasons}

    assert "room" in codes()
    choose(zoe.user, shows_availability=False)
    assert codes()
    assert "room" not in codes()


def test_who_hides_what_they_do_is_not_said_to_do_it(browser: Browser, network: Network, me: Membership) -> None:
    maud = make_listed(network, "Maud", title="Trésorière")
    group = make_group(network, me.user, state="proposed")
    need = make_need(maud.user, network, audience="network")
    browser.as_user(me.user)

    def said() -> list[tuple[bool, bool]]:
        found = browser.post(reverse("mentoring:mentorship-invite", args=[group.pk]), {"words": "Maud"})
        pages = [found, browser.get(need.get_absolute_url())]
        return [("Maud" in page.content.decode(), "Trésorière" in page.content.decode()) for page in pages]

    assert said() == [(True, True)] * 2
    choose(maud.user, shows_organisation=False)
    assert said() == [(True, False)] * 2


def test_who_left_looks_for_nothing_any_more(browser: Browser, network: Network, me: Membership) -> None:
    maud, page = make_listed(network, "Maud"), reverse("mentoring:needs", args=[network.slug])
    need = make_need(maud.user, network, audience="network")
    assert need.title in browser.as_user(me.user).get(page).content.decode()
    leave_network(membership=maud)
    assert need.title not in browser.get(page).content.decode()


def test_naming_a_keeper_tells_nothing_of_who_hides_their_organisation(network: Network) -> None:
    animator, member = make_animator(network).user, make_listed(network, "Maud")
    stranger, organisation = make_listed(network, "Ana").user, Organisation.objects.create(name="La Fabrique")
    put_in_organisation(organisation, member)
    choose(member.user, shows_organisation=False)
    said = set()
    for user in (member.user, stranger):
        with pytest.raises(DomainError) as refusal:
            name_keeper(actor=animator, network=network, organisation=organisation, user_id=user.pk)
        said.add(str(refusal.value))
    assert len(said) == 1
    choose(member.user)
    assert name_keeper(actor=animator, network=network, organisation=organisation, user_id=member.user_id)


def test_a_token_of_somebody_else_makes_nothing_and_breaks_nothing(network: Network, me: Membership) -> None:
    ended = [
        make_mentorship(network, make_listed(network, name).user, [make_listed(network, "Pair").user], state="ended")
        for name in ("Ana", "Bob")
    ]
    token = uuid4()

    def say(one: Mentorship) -> Thanks:
        peer = one.peers.get().user
        return thank(author=peer, helped=one, recipient_id=one.mentor_id, body="Merci", may_be_public=True, token=token)

    assert say(ended[0]) == say(ended[0])
    with pytest.raises(Refused):
        say(ended[1])
    fields = {"title": "Animer", "capacity": 3, "certified_from": 50}
    made = write_training(trainer=me.user, network=network, token=token, fields=fields)
    assert write_training(trainer=me.user, network=network, token=token, fields=fields) == made
    for trainer, where in ((ended[0].mentor, network), (me.user, make_network())):
        with pytest.raises(Refused):
            write_training(trainer=trainer, network=where, token=token, fields=fields)


def change_goals(one: Mentorship) -> object:
    return change_terms(actor=one.mentor, mentorship=one, number=1, fields={"goals": "Un mot à lire."})


def show_thanks(one: Mentorship) -> object:
    peer = one.peers.get().user
    said = thank(author=peer, helped=one, recipient_id=one.mentor_id, body="Bravo", may_be_public=True, token=uuid4())
    return publish_thanks(recipient=one.mentor, pk=said.pk)


def say_why_not(one: Mentorship) -> object:
    peer = Membership.objects.get(user=one.mentor)
    need = make_need(make_listed(one.network, "Léo").user, one.network)
    (asked,) = ask(need, peer)
    decline_solicitation(peer=one.mentor, solicitation=asked, reason="time", note="Un mot à lire.")
    return asked


@pytest.mark.parametrize("act", [change_goals, show_thanks, say_why_not])
def test_who_is_silenced_says_nothing_in_private_either(act: Callable[[Mentorship], Any], network: Network) -> None:
    one = make_mentorship(network)
    silence(one.mentor)
    with pytest.raises(Refused, match="sans pouvoir y écrire"):
        act(one)


def test_steps_are_judged_by_whom_the_training_is_offered_to_in_the_end(network: Network, me: Membership) -> None:
    closed = category_circle(network=network, category=me.affiliation.category)
    topic = make_topic(make_forum(network, circle=closed), me.user, title="Entre agents seulement")
    steps = [Step(topic_id=topic.pk)]
    training = make_draft_training(me.user, network, audience="category", steps=steps)
    change_training(trainer=me.user, training=training, fields={}, audience="network")
    with pytest.raises(DomainError, match="ne voient pas"):
        open_training(trainer=me.user, training=training)
    change_training(trainer=me.user, training=training, fields={}, audience="category")
    assert open_training(trainer=me.user, training=training)
    assert Circle.objects.get(trainings=Training.objects.get()) == closed


def test_an_hour_before_all_hours_is_said_to_be_none(browser: Browser, network: Network, me: Membership) -> None:
    training = make_draft_training(me.user, network)
    page = reverse("mentoring:training-steps", args=[training.pk])
    typed = {"token": str(uuid4()), "title": "Atelier", "date": "0001-01-01", "hour": "00:05", "minutes": "90"}
    posted = {"act": "plan", **{f"seance-{name}": value for name, value in typed.items()}}
    assert browser.as_user(me.user).post(page, posted).status_code == 422
