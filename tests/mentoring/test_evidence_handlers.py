"""Evidence follows discussions and sessions."""

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from forums.events import AnswerAccepted
from forums.services.answers import accept_answer, revoke_answer
from mentoring import evidence_handlers as handlers
from mentoring.models import Evidence, TerritoryTraits
from mentoring.services.evidence import gather_sessions
from mentoring.services.traits import TRAITS, bring_territories
from peerhub.outbox.testing import dispatch_all
from peerhub.people.enums import CircleKind
from peerhub.people.models import Circle, Edition
from peerhub.people.territories import TerritoriesMissing
from sessions.models import PeerSession
from tests.builders import make_animator, make_network
from tests.forums.builders import make_forum, make_post, make_topic
from tests.mentoring.builders import competence, make_listed, make_place
from tests.mentoring.need_builders import SLUG
from tests.people.test_territories import COMMUNES
from tests.people.test_territories import write as write_territories
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


def test_an_upgrade_brings_the_official_list_and_what_it_is_compared_by(tmp_path: Path) -> None:
    with pytest.raises(TerritoriesMissing):
        bring_territories(tmp_path)
    write_territories(tmp_path, COMMUNES)
    assert [bring_territories(tmp_path) > 0 for _twice in range(2)] == [True, False]
    population = TerritoryTraits.objects.filter(territory__code="42103").values_list("population", flat=True)
    assert list(population.all()) == [5000]
    # The next release: one commune counts more people. Then a database whose traits are of the list before.
    write_territories(tmp_path, [{**one, "population": 9000} if one["code"] == "42103" else one for one in COMMUNES])
    assert bring_territories(tmp_path) > 0
    assert list(population.all()) == [9000]
    Edition.objects.filter(subject=TRAITS).delete()
    TerritoryTraits.objects.all().delete()
    (tmp_path / "communes.json").unlink()
    assert bring_territories(tmp_path) == TerritoryTraits.objects.count() > 0
