"""Topics like the one that is typed, and peers who can help."""

import pytest
from django.db import connection

from forums.enums import TopicKind
from forums.models import Topic
from forums.queries.similar import similar_topics
from mentoring.enums import Level
from mentoring.models import Competence
from mentoring.services.declarations import declare_competence
from mentoring.suggestions import peers_for
from peerhub.people.models import Membership
from tests.builders import make_member, make_network
from tests.conftest import Browser
from tests.forums.builders import make_confidential_forum, make_forum, make_topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Membership:
    return make_member(make_network())


def titles(member: Membership, typed: str) -> list[str]:
    return [one.title for one in similar_topics(member.user, member.network, typed)]


def test_topics_that_share_the_words_of_the_title_are_proposed(member: Membership) -> None:
    forum = make_forum(member.network)
    make_topic(forum, member.user, title="Une légumerie pour la cantine")
    make_topic(forum, member.user, title="Légumerie : retour", kind=TopicKind.DISCUSSION)
    Topic.objects.filter(title="Légumerie : retour").update(kind=TopicKind.REPORT)
    make_topic(forum, member.user, title="Les vélos de la mairie")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE forums_topic")  # two of three share the word, and it is no common word for that
    assert titles(member, "Monter une légumerie") == ["Légumerie : retour", "Une légumerie pour la cantine"]
    assert titles(member, "legumeries cantines") == ["Légumerie : retour", "Une légumerie pour la cantine"]
    assert titles(member, "le la de") == titles(member, "") == titles(member, "'\\ ''") == []


def test_only_what_one_may_see_is_proposed(member: Membership) -> None:
    insider = make_member(member.network)
    make_topic(make_confidential_forum(member.network, [insider.user]), insider.user, title="Une légumerie secrète")
    assert titles(member, "une légumerie") == []
    assert titles(insider, "une légumerie") == ["Une légumerie secrète"]
    other = make_member(make_network())
    make_topic(make_forum(other.network), other.user, title="Une légumerie ailleurs")
    assert similar_topics(other.user, member.network, "légumerie") == []


def test_peers_who_help_with_what_is_named_are_proposed(member: Membership) -> None:
    root = Competence.objects.create(slug="food", name_fr="Alimentation", name_en="Food")
    leaf = Competence.objects.create(
        slug="bio", name_fr="Cantine bio", name_en="Organic canteen", parent=root, words="cantine bio\norganic canteen"
    )
    Competence.objects.filter(pk=leaf.pk).update(path=[root.pk, leaf.pk])
    leaf.refresh_from_db()
    helper, knower = make_member(member.network), make_member(member.network)
    for one, can_help in ((helper, True), (knower, False), (member, True)):
        declare_competence(
            user=one.user, competence=leaf, level=Level(Level.values[-1]), can_help=can_help, evidence=""
        )
    found = peers_for(member.user, member.network, "Comment passer les cantines en bio ?")
    assert [entry.user for entry in found] == [helper.user]
    assert peers_for(member.user, member.network, "Une cantine") == []
    stranger = make_member(make_network())
    assert peers_for(stranger.user, member.network, "cantine bio") == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_fragment_takes_as_many_queries_for_one_as_for_three(
    member: Membership, count: int, django_assert_num_queries: object
) -> None:
    forum = make_forum(member.network)
    for number in range(count):
        make_topic(forum, member.user, title=f"Légumerie {number}")
    browser = Browser().as_user(member.user)
    browser.get(f"/r/{member.network.slug}/semblables/?q=légumerie")
    with django_assert_num_queries(6):  # type: ignore[operator]
        page = browser.get(f"/r/{member.network.slug}/semblables/?title=Une légumerie")
    text = page.content.decode()
    assert text.count("<li>") == count
    assert "<html" not in text
    assert browser.get(f"/r/{member.network.slug}/semblables/?q=lég").content.decode().count("<li>") == 0
