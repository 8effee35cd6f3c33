"""Nobody learns who is kept apart from whom by asking people into a group."""

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone

from mentoring.models import Absence, Mentorship
from mentoring.services.mentorships import invite_peer
from mentoring.services.profiles import declare_link, keep_apart
from peerhub.notifications.models import Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.errors import DomainError
from peerhub.people.models import Organisation, User
from tests.builders import make_network
from tests.conftest import Browser
from tests.mentoring.builders import make_listed
from tests.mentoring.mentorship_builders import make_group
from tests.mentoring.need_builders import put_in_organisation

pytestmark = pytest.mark.django_db


def keep_away(other: User, one: User) -> None:
    keep_apart(user=other, other=one)


def superior(other: User, one: User) -> None:
    declare_link(user=one, other=other, other_is_senior=True)


def colleagues(other: User, one: User) -> None:
    put_in_organisation(Organisation.objects.create(name="La Fabrique"), *(
        user.memberships.get() for user in (other, one)
    ))  # fmt: skip


def nothing(_other: User, _one: User) -> None:
    """Nobody keeps them apart."""


def what_the_mentor_reads(between: Callable[[User, User], None]) -> tuple[list[str], User, Mentorship]:
    """All that a mentor is answered who asks Ana into a group in which Bo is."""
    network = make_network()
    mentor, bo, ana = (
        make_listed(network, *name).user for name in (("Zoé", "Roux"), ("Bo", "Petit"), ("Ana", "Lopez"))
    )
    group = make_group(network, mentor, bo)
    between(bo, ana)
    client = Browser().as_user(mentor)
    invite, page = (reverse(f"mentoring:{name}", args=[group.pk]) for name in ("mentorship-invite", "mentorship"))
    course, own = page + "suite/", reverse("mentoring:mentorships", args=[network.slug])
    read = [client.post(invite, {"act": act, "words": "ana", "pk": ana.pk}) for act in ("invite", "find", "invite")]
    read += [client.get(page), client.get(own)]
    seen = Mentorship.objects.visible_to(ana).exists()
    assert seen == (between is nothing)
    dispatch_all()
    assert Notification.objects.filter(recipient=ana).exists() == seen
    assert Browser().as_user(ana).get(page).status_code == (200 if seen else 404)
    assert ana.full_name not in Browser().as_user(bo).get(page).content.decode()
    assert set(group.circle.members.values_list("pk", flat=True)) == {mentor.pk, bo.pk}
    read += [client.post(course, {"withdraw": ana.pk}), client.get(page)]
    said = [f"{one.status_code} {one.headers.get('Location')} {one.content.decode()}" for one in read]
    tokens = re.compile(r'(csrf[^>]*?value|nonce|content)="[^"]*"|[0-9a-f-]{36}|[0-9]+|' + re.escape(network.slug))
    return [tokens.sub("", words.replace(network.name, "")) for words in said], ana, group


def test_what_a_mentor_reads_of_an_invitation_never_tells_who_is_kept_apart() -> None:
    usual, ana, group = what_the_mentor_reads(nothing)
    assert "Retirer l’invitation" in usual[3]
    assert ana.full_name in usual[4]
    assert not group.peers.filter(user=ana).exists()
    for between in (keep_away, superior, colleagues):
        assert what_the_mentor_reads(between)[0] == usual


@pytest.mark.parametrize("between", [keep_away, superior, colleagues])
def test_who_is_kept_apart_after_they_were_asked_does_not_come_in(between: Callable[[User, User], None]) -> None:
    """As if the invitation had been taken back meanwhile; to the mentor they have not answered."""
    network = make_network()
    bo, ana = make_listed(network, "Bo").user, make_listed(network, "Ana").user
    group = make_group(network, None, bo)
    invite_peer(mentor=group.mentor, mentorship=group, peer=ana)
    between(bo, ana)
    theirs, page = Browser().as_user(ana), group.get_absolute_url()
    theirs.post(reverse("mentoring:mentorship-terms", args=[group.pk]), {"act": "agree", "number": 1})
    assert not group.circle.members.filter(pk=ana.pk).exists()
    assert theirs.get(page).status_code == 404
    assert ana in Browser().as_user(group.mentor).get(page).context["awaited"]


def test_who_is_away_is_not_asked_whoever_is_in_the_group() -> None:
    network, today = make_network(), timezone.localdate()
    group, away = make_group(network), make_listed(network).user
    Absence.objects.create(user=away, starts_on=today, ends_on=today)
    said = set()
    for _time in range(2):
        with pytest.raises(DomainError) as refusal:
            invite_peer(mentor=group.mentor, mentorship=group, peer=away)
        said.add(str(refusal.value))
        keep_away(away, group.mentor)
    assert len(said) == 1
