"""The page of a conversation leads back to what it is about, for those who are in it."""

import pytest

from mentoring.forum_origins import origins_of_conversations
from mentoring.models import Mentorship, Solicitation
from mentoring.services.solicitations import accept_solicitation
from peerhub.outbox.testing import dispatch_all
from peerhub.people.models import Membership, Network
from tests.conftest import Browser
from tests.mentoring.need_builders import make_need, make_peer
from tests.mentoring.solicitation_builders import ask

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["advice", "mentoring"])
def test_back_to_the_ask_or_to_the_mentorship(network: Network, me: Membership, browser: Browser, kind: str) -> None:
    zoe, other = make_peer(network, "Zoé"), make_peer(network, "Paul")
    (one,) = ask(make_need(me.user, network, kind=kind), zoe)
    accept_solicitation(peer=zoe.user, solicitation=one)
    dispatch_all()
    topic = Solicitation.objects.get(pk=one.pk).topic
    assert topic is not None
    target = Mentorship.objects.get() if kind == "mentoring" else one
    page = browser.as_user(me.user).get(topic.get_absolute_url(), follow=True).content.decode()
    assert f'href="{target.get_absolute_url()}"' in page
    assert origins_of_conversations(other.user, [topic.pk]) == {}
