"""Evidence follows discussions and sessions."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from forums.events import AnswerAccepted
from forums.services.answers import accept_answer, revoke_answer
from mentoring import evidence_handlers as handlers
from mentoring.models import Evidence, TerritoryTraits
from mentoring.services.evidence import gather_sessions
from peerhub.outbox.testing import dispatch_all
from peerhub.people.enums import CircleKind
from peerhub.people.models import Circle
from sessions.models import PeerSession
from tests.builders import make_animator, make_network
from tests.forums.builders import make_forum, make_post, make_topic
from tests.mentoring.builders import competence, make_listed, make_place
from tests.mentoring.need_builders import SLUG
from tests.sessions.builders import make_session

pytestmark = pytest.mark.django_db


def kinds() -> list[tuple[str, str]]:
    return sorted(Evidence.objects.values_list("user__given_name", "kind"))


def test_an_answer_that_is_kept_and_given_up_again() -> None:
    network = make_network()
    competence(SLUG)
    asker, helper = make_listed(network, "Ana").user, make_listed(network, "Bob").user
    circle = Circle.objects.of_network(network, CircleKind.NETWORK)
    topic = make_topic(make_forum(network, circle=circle), asker, title="Ouvrir un tiers-lieu ?")
    post = make_post(topic, helper)
    accept_answer(user=asker, post=post)
    dispatch_all()
    assert kinds() == [("Bob", "answer")]
    handlers.on_answer_accepted(AnswerAccepted(topic_id=topic.pk, post_id=post.pk))
    assert kinds() == [("Bob", "answer")]
    revoke_answer(user=asker, post=post)
    dispatch_all()
    assert kinds() == []


def test_a_session_counts_once_it_is_over() -> None:
    network = make_network()
    competence(SLUG)
    animator, helper = make_animator(network).user, make_listed(network, "Bob").user
    circle = Circle.objects.of_network(network, CircleKind.NETWORK)
    session = make_session(network, author=animator, circle=circle, title="Ouvrir un tiers-lieu")
    session.facilitators.add(helper)
    assert gather_sessions() == 0
    now = timezone.now()
    PeerSession.objects.filter(pk=session.pk).update(
        starts_at=now - timedelta(hours=3), ends_at=now - timedelta(hours=1)
    )
    assert [gather_sessions() for _twice in range(2)] == [1, 0]
    assert kinds() == [("Bob", "session")]


def test_the_commands_say_what_they_did() -> None:
    make_place()
    out = StringIO()
    call_command("repair_evidence", stdout=out)
    call_command("compare_territories", stdout=out)
    call_command("compare_territories", stdout=out)
    assert out.getvalue().splitlines() == [
        "0 pieces of evidence were wrong.",
        "Traits of territories: 3 new or changed.",
        "Traits of territories: 0 new or changed.",
    ]
    assert TerritoryTraits.objects.get(territory__name="Feurs").region_id is not None
