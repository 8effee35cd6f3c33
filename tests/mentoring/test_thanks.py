"""Opinions and thanks: whose they are, and that nobody else reads them."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import timezone

from mentoring.accompaniment import accompaniment_of
from mentoring.enums import EvidenceKind, MentorshipState
from mentoring.models import Evidence, Feedback, Thanks
from mentoring.queries.accompaniment import public_thanks_of
from mentoring.queries.links import may_be_paired
from mentoring.queries.suggestions import suggestions_for
from mentoring.services import mentorship_course
from mentoring.services.feedback import give_feedback
from mentoring.services.solicitations import accept_solicitation
from mentoring.services.thanks import drop_thanks, hide_thanks, publish_thanks
from peerhub.notifications.delivery import deliver_due
from peerhub.notifications.models import Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Network
from peerhub.people.services.memberships import deactivate_user
from tests.builders import make_network
from tests.conftest import Browser
from tests.mentoring.accompaniment_builders import note, page, peer_in, word
from tests.mentoring.builders import make_listed
from tests.mentoring.mentorship_builders import make_group, make_mentorship
from tests.mentoring.need_builders import make_need, make_peer
from tests.mentoring.solicitation_builders import ask

pytestmark = pytest.mark.django_db


# Opinions


def test_an_opinion_is_given_at_the_end_changed_by_its_author_and_shown_to_nobody(
    browser: Browser, network: Network
) -> None:
    mentorship = make_mentorship(network)
    mentor, peer = mentorship.mentor, peer_in(mentorship)
    said: dict[str, Any] = {"helped": mentorship, "usefulness": 1, "would_again": False, "comment": "zqavisseulzq"}
    with pytest.raises(Refused):
        give_feedback(author=peer, about_id=mentor.pk, **said)
    mentorship_course.end(actor=mentor, mentorship=mentorship)
    give_feedback(author=peer, about_id=mentor.pk, **said)
    for about_id in (peer.pk, make_listed(network).user.pk):
        with pytest.raises(Refused):
            give_feedback(author=peer, about_id=about_id, **said)
    name = f"feedback-{mentor.pk}"
    typed = {"act": "feedback", "pk": mentor.pk, f"{name}-usefulness": "5", f"{name}-comment": "zqavisseulzq"}
    browser.as_user(peer)
    assert browser.post(page(mentorship), {**typed, f"{name}-usefulness": "6"}).status_code == 422
    assert browser.post(page(mentorship), typed).status_code == 303
    one = Feedback.objects.get()
    assert (one.author, one.about, one.usefulness, one.would_again) == (peer, mentor, 5, False)
    assert "zqavisseulzq" in browser.get(page(mentorship)).content.decode()
    assert "zqavisseulzq" not in Browser().as_user(mentor).get(page(mentorship)).content.decode()
    dispatch_all()
    assert not Notification.objects.filter(recipient=mentor, actor=peer).exists()


def test_whom_one_would_not_begin_again_with_is_proposed_no_more_and_cannot_tell(network: Network) -> None:
    me, peer = make_listed(network).user, make_peer(network, "Zoé")
    asked = ask(make_need(me, network), peer)[0]
    accept_solicitation(peer=peer.user, solicitation=asked)

    def proposed() -> list[int]:
        need = make_need(me, network)
        return [one.entry.user_id for one in suggestions_for(me, need)]

    assert proposed() == [peer.user_id]
    give_feedback(author=me, helped=asked, about_id=peer.user_id, usefulness=5, would_again=False)
    assert (proposed(), may_be_paired(peer.user_id, me.pk, network)) == ([], True)
    give_feedback(author=me, helped=asked, about_id=peer.user_id, usefulness=5, would_again=True)
    assert proposed() == [peer.user_id]


# Thanks


def test_thanks_are_shown_when_both_wish_it_and_until_one_no_longer_does(network: Network) -> None:
    mentorship = make_mentorship(network)
    mentor, peer = mentorship.mentor, peer_in(mentorship)
    reader, stranger = make_listed(network).user, make_listed(make_network()).user
    thanks = word(peer, mentorship, mentor, may_be_public=False)
    with pytest.raises(DomainError, match="déjà"):
        word(peer, mentorship, mentor)
    with pytest.raises(Refused):
        publish_thanks(recipient=mentor, pk=thanks.pk)
    drop_thanks(author=peer, pk=thanks.pk)
    thanks = word(peer, mentorship, mentor)
    assert (public_thanks_of(reader, mentor.pk), set(Thanks.objects.visible_to(reader))) == ([], set())
    for user in (peer, reader):
        with pytest.raises(Refused):
            publish_thanks(recipient=user, pk=thanks.pk)
    profile = reverse("mentoring:profile", args=[network.slug, mentor.pk])
    assert "Merci pour tout." not in Browser().as_user(reader).get(profile).content.decode()
    publish_thanks(recipient=mentor, pk=thanks.pk)
    assert "Merci pour tout." in Browser().as_user(reader).get(profile).content.decode()
    assert [public_thanks_of(user, mentor.pk) for user in (reader, peer, stranger)] == [[thanks], [thanks], []]
    for user in (mentor, peer):
        hide_thanks(user=user, pk=thanks.pk)
        assert public_thanks_of(reader, mentor.pk) == []
        assert list(Thanks.objects.visible_to(reader)) == []
        if user == mentor:
            publish_thanks(recipient=mentor, pk=thanks.pk)
    with pytest.raises(Refused):
        publish_thanks(recipient=mentor, pk=thanks.pk)
    with pytest.raises(Refused):
        hide_thanks(user=reader, pk=thanks.pk)
    with pytest.raises(Refused):
        drop_thanks(author=mentor, pk=thanks.pk)


def test_that_a_mentorship_ended_well_is_known_to_the_network_with_the_thanks(network: Network) -> None:
    """Whether they are shown before its end or after."""
    before, after = make_mentorship(network), make_mentorship(network)
    reader = make_listed(network).user
    shown = word(peer_in(before), before, before.mentor)
    publish_thanks(recipient=before.mentor, pk=shown.pk)
    mentorship_course.end(actor=before.mentor, mentorship=before)
    dispatch_all()
    mentorship_course.end(actor=after.mentor, mentorship=after)
    late = word(peer_in(after), after, after.mentor)
    known = Evidence.objects.visible_to(reader).filter(kind=EvidenceKind.MENTORSHIP)
    assert set(known.values_list("mentorship", flat=True)) == {before.pk}
    publish_thanks(recipient=after.mentor, pk=late.pk)
    # The thanks of the mentor for the peer say nothing of this.
    publish_thanks(recipient=peer_in(after), pk=word(after.mentor, after, peer_in(after)).pk)
    assert set(known.values_list("mentorship", flat=True)) == {before.pk, after.pk}
    # What a person wrote stays when their account is closed, and their row stays under it.
    deactivate_user(user=peer_in(after))
    assert set(known.values_list("mentorship", flat=True)) == {before.pk, after.pk}
    with pytest.raises(ProtectedError) as kept:
        peer_in(after).delete()
    assert late in kept.value.protected_objects
    hide_thanks(user=after.mentor, pk=late.pk)
    drop_thanks(author=peer_in(before), pk=shown.pk)
    assert not known.exists()


def test_thanks_through_the_page_are_told_without_their_words(browser: Browser, network: Network) -> None:
    mentorship = make_mentorship(network)
    mentor, peer = mentorship.mentor, peer_in(mentorship)
    name, token = f"thanks-{mentor.pk}", str(uuid4())
    typed = {"act": "thank", "pk": mentor.pk, f"{name}-body": "Merci zqmotdouxzq", f"{name}-token": token}
    browser.as_user(peer)
    assert browser.post(page(mentorship), {**typed, f"{name}-body": " "}).status_code == 422
    for _time in range(2):
        assert browser.post(page(mentorship), {**typed, f"{name}-may_be_public": "on"}).status_code == 303
    thanks = Thanks.objects.get()
    theirs = Browser().as_user(mentor)
    assert "zqmotdouxzq" in theirs.get(page(mentorship)).content.decode()
    assert theirs.post(page(mentorship), {"act": "thanks-publish", "pk": thanks.pk}).status_code == 303
    dispatch_all()
    dispatch_all()
    told = Notification.objects.filter(kind__startswith="mentoring.thanks")
    assert set(told.values_list("kind", "recipient")) == {
        ("mentoring.thanks_given", mentor.pk),
        ("mentoring.thanks_published", peer.pk),
    }
    deliver_due()
    mails = [f"{one.subject} {one.body} {vars(one).get('alternatives')}" for one in mail.outbox]
    assert [one for one in mails if "zqmotdouxzq" in one] == []
    assert sum("vous remercie" in one for one in mails) == 1
    assert browser.post(page(mentorship), {"act": "thanks-hide", "pk": thanks.pk}).status_code == 303
    assert browser.post(page(mentorship), {"act": "thanks-publish", "pk": thanks.pk}).status_code == 403
    assert browser.post(page(mentorship), {"thanks-drop": thanks.pk}).status_code == 303
    assert not Thanks.objects.exists()


def test_before_it_begins_there_is_nobody_to_thank_and_a_silenced_person_speaks_to_themselves(network: Network) -> None:
    proposed, running = make_mentorship(network, state=MentorshipState.PROPOSED), make_mentorship(network)
    with pytest.raises(Refused):
        word(peer_in(proposed), proposed, proposed.mentor)
    assert accompaniment_of(peer_in(proposed), proposed).others == []
    peer = peer_in(running)
    network.memberships.filter(user=peer).update(silenced_until=timezone.now() + timedelta(days=1))
    for act in (lambda: note(peer, running, is_shared=True), lambda: word(peer, running, running.mentor)):
        with pytest.raises(Refused):
            act()
    assert note(peer, running).is_shared is False


def test_in_a_group_peers_and_mentor_thank_each_other_and_peers_not(network: Network) -> None:
    one, two = make_listed(network).user, make_listed(network).user
    group = make_group(network, None, one, two)
    assert {other.user for other in accompaniment_of(group.mentor, group).others} == {one, two}
    assert [other.user for other in accompaniment_of(one, group).others] == [group.mentor]
    with pytest.raises(Refused):
        word(one, group, two)


def test_after_an_ask_that_was_accepted_the_two_thank_each_other_and_keep_their_opinion(
    browser: Browser, network: Network
) -> None:
    me, peer = make_listed(network).user, make_peer(network, "Zoé")
    asked = ask(make_need(me, network), peer)[0]
    address = reverse("mentoring:thanks", args=[asked.pk])
    name = f"thanks-{peer.user_id}"
    typed = {"act": "thank", "pk": peer.user_id, f"{name}-body": "Merci Zoé.", f"{name}-token": str(uuid4())}
    browser.as_user(me)
    assert (browser.get(address).status_code, browser.post(address, typed).status_code) == (200, 403)
    accept_solicitation(peer=peer.user, solicitation=asked)
    assert browser.post(address, {**typed, f"{name}-may_be_public": "on"}).status_code == 303
    assert browser.post(address, {**typed, "act": "note"}).status_code == 404
    opinion = {"act": "feedback", "pk": peer.user_id, f"feedback-{peer.user_id}-usefulness": "4"}
    assert browser.post(address, opinion).status_code == 303
    feedback = Feedback.objects.get()
    assert (feedback.solicitation, feedback.mentorship, feedback.about) == (asked, None, peer.user)
    thanks, theirs = Thanks.objects.get(), Browser().as_user(peer.user)
    assert (thanks.circle, thanks.solicitation) == (asked.circle, asked)
    assert "Merci Zoé." in theirs.get(address).content.decode()
    assert theirs.post(address, {"act": "thanks-publish", "pk": thanks.pk}).status_code == 303
    reader = make_listed(network).user
    assert public_thanks_of(reader, peer.user_id) == [thanks]
    hide_thanks(user=me, pk=thanks.pk)
    thanks.refresh_from_db()
    assert (thanks.circle, public_thanks_of(reader, peer.user_id)) == (asked.circle, [])
    assert Browser().as_user(reader).get(address).status_code == 404
