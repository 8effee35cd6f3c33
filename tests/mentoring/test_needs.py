"""Needs: drafts, audiences, and who sees them."""

from uuid import uuid4

import pytest

from mentoring.enums import NeedAudience, NeedClosing, NeedState
from mentoring.models import Need
from mentoring.policies.needs import can_see_need
from mentoring.services.needs import close_need, drop_draft, mark_answered, open_again, open_need, save_draft
from peerhub.outbox.models import OutboxEvent
from peerhub.people.enums import CircleKind, MembershipStatus
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import User
from peerhub.people.services.memberships import end_membership
from tests.builders import make_animator, make_network, make_suspended, make_user
from tests.mentoring.builders import make_listed
from tests.mentoring.need_builders import make_draft, make_need, make_peer

pytestmark = pytest.mark.django_db


def test_a_draft_is_one_for_its_token_and_its_authors_alone() -> None:
    network = make_network()
    me, other = make_listed(network).user, make_listed(network).user
    token = uuid4()
    first = save_draft(author=me, network=network, token=token, fields={"title": "Un  lieu"})
    again = save_draft(author=me, network=network, token=token, fields={"details": " Une gare. "})
    assert (first.pk, again.title, again.details, again.circle) == (again.pk, "Un lieu", "Une gare.", None)
    assert list(Need.objects.visible_to(me)) == [first]
    assert not Need.objects.visible_to(other).exists()
    with pytest.raises(Refused):
        save_draft(author=other, network=network, token=token, fields={"title": "À moi"})


def test_an_open_need_is_shown_to_its_audience() -> None:
    network = make_network()
    me, same = make_listed(network, category="elected").user, make_listed(network, category="elected").user
    other, animator = make_listed(network).user, make_animator(network).user
    audiences = {audience: make_need(me, network, audience=audience) for audience in NeedAudience}
    seen = {
        name: {need.audience for need in Need.objects.visible_to(user)}
        for name, user in (("me", me), ("same", same), ("other", other), ("animator", animator))
    }
    assert seen == {
        "me": {"asked", "category", "network"},
        "same": {"category", "network"},
        "other": {"network"},
        "animator": {"network"},
    }
    asked = audiences[NeedAudience.ASKED].circle
    assert asked is not None
    assert (asked.kind, asked.is_confidential, asked.name) == (CircleKind.CONVERSATION, True, "")


def test_opening_twice_opens_once() -> None:
    network = make_network()
    me = make_listed(network).user
    need = make_draft(me, network)
    assert open_need(author=me, need=need) == open_need(author=me, need=need)
    assert OutboxEvent.objects.filter(name="mentoring.need_opened").count() == 1
    with pytest.raises(Refused, match="publié"):
        save_draft(author=me, network=network, token=need.token, fields={"title": "Autre chose"})


def test_a_need_without_a_sentence_is_not_opened_nor_a_sixth_one() -> None:
    network = make_network()
    me = make_listed(network).user
    with pytest.raises(DomainError, match="en une phrase"):
        open_need(author=me, need=make_draft(me, network, title="  "))
    for _number in range(5):
        make_need(me, network)
    with pytest.raises(DomainError, match="5 besoins ouverts"):
        make_need(me, network)


def test_closing_says_how_and_ends_it() -> None:
    network = make_network()
    me = make_listed(network).user
    need = make_need(me, network)
    with pytest.raises(Refused):
        close_need(author=make_listed(network).user, need=need, closing=NeedClosing.HELPED)
    close_need(author=me, need=need, closing=NeedClosing.HELPED)
    need.refresh_from_db()
    assert (need.state, need.closing, need.closed_at is not None) == (NeedState.CLOSED, "helped", True)
    with pytest.raises(Refused, match="déjà clos"):
        close_need(author=me, need=need, closing=NeedClosing.HELPED)
    with pytest.raises(Refused):
        drop_draft(author=me, need=need)


def test_answered_once_and_open_again_when_it_was_left() -> None:
    network = make_network()
    me = make_listed(network).user
    need = make_need(me, network)
    make_peer(network, "Zoé")
    assert [mark_answered(need_id=need.pk) for _twice in range(2)] == [True, False]
    assert [open_again(need_id=need.pk) for _twice in range(2)] == [True, False]
    assert [one.peer.given_name for one in need.suggestions.all()] == ["Zoé"]


def test_who_left_or_is_outside_writes_no_need() -> None:
    network = make_network()
    for user in (make_user(), make_suspended(network).user):
        with pytest.raises(Refused):
            save_draft(author=user, network=network, token=uuid4(), fields={"title": "x"})


@pytest.mark.parametrize("audience", [None, *NeedAudience])
@pytest.mark.parametrize("kind", ["author", "same", "other", "animator", "former", "outsider"])
def test_policy_and_queryset_agree(audience: NeedAudience | None, kind: str) -> None:
    network = make_network()
    author = make_listed(network, category="elected")
    need = make_need(author.user, network, audience=audience) if audience else make_draft(author.user, network)
    user = _person(kind, network, author.user)
    need = Need.objects.select_related("circle").get(pk=need.pk)
    assert bool(can_see_need(user, need)) is Need.objects.visible_to(user).filter(pk=need.pk).exists()


def _person(kind: str, network, author: User) -> User:  # type: ignore[no-untyped-def]
    if kind == "author":
        return author
    if kind == "outsider":
        return make_listed(make_network()).user
    if kind == "animator":
        return make_animator(network).user
    member = make_listed(network, category="elected" if kind in {"same", "former"} else "agent")
    if kind == "former":
        end_membership(membership=member, status=MembershipStatus.LEFT)
    return member.user
