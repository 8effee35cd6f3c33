"""The end of an exchange: either of the two says so, with a word of thanks or without."""

from uuid import uuid4

import pytest
from django.urls import reverse

from mentoring.enums import NeedKind, NeedState
from mentoring.queries.solicitations import box_of
from mentoring.services.exchanges import close_exchange
from mentoring.services.solicitations import accept_solicitation
from peerhub.notifications.models import Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.errors import Refused
from peerhub.people.models import Membership, Network
from tests.conftest import Browser
from tests.mentoring.need_builders import make_need, make_peer
from tests.mentoring.solicitation_builders import ask

pytestmark = pytest.mark.django_db


def test_either_of_the_two_closes_an_exchange_kindly(browser: Browser, network: Network, me: Membership) -> None:
    zoe, paul = make_peer(network, "Zoé"), make_peer(network, "Paul")
    need = make_need(me.user, network)
    (one,) = ask(need, zoe)
    page = one.get_absolute_url()
    closing = {"act": "close", "token": str(uuid4()), "body": "Merci pour tout.", "may_be_public": ""}
    browser.as_user(zoe.user)
    assert browser.post(page, closing).status_code == 403
    accept_solicitation(peer=zoe.user, solicitation=one)
    dispatch_all()
    assert "Clore l’échange" in browser.get(page).content.decode()
    assert [browser.post(page, closing).status_code for _twice in range(2)] == [303, 303]
    dispatch_all()
    dispatch_all()
    one.refresh_from_db()
    assert (one.is_running, one.closed_by) == (False, zoe.user)
    kinds = set(Notification.objects.filter(recipient=me.user).values_list("kind", flat=True))
    assert kinds == {"mentoring.solicitation_accepted", "mentoring.exchange_closed", "mentoring.thanks_given"}
    box = box_of(me.user)
    assert (box.running, box.over) == ([], [one])
    html = browser.get(page).content.decode()
    assert ("échange clos" in html, "Convenir d’un moment" in html) == (True, False)
    # Whose need it was looks for somebody else, once.
    browser.as_user(me.user)
    again = reverse("mentoring:need-search", args=[need.pk])
    assert "Chercher quelqu’un d’autre" in browser.get(need.get_absolute_url()).content.decode()
    browser.post(again, {"act": "again"})
    need.refresh_from_db()
    assert need.is_open
    (other,) = ask(need, paul)
    accept_solicitation(peer=paul.user, solicitation=other)
    browser.post(again, {"act": "again"})
    need.refresh_from_db()
    assert need.state == NeedState.ANSWERED


def test_an_accompaniment_is_not_closed_as_an_exchange(network: Network, me: Membership) -> None:
    zoe = make_peer(network, "Zoé")
    (one,) = ask(make_need(me.user, network, kind=NeedKind.MENTORING), zoe)
    accept_solicitation(peer=zoe.user, solicitation=one)
    with pytest.raises(Refused, match="devenu un mentorat"):
        close_exchange(actor=me.user, solicitation=one, token=uuid4())
