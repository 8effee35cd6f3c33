"""Naming a whole category: animators, a few times a day; told to those of it who can read."""

from uuid import uuid4

import pytest

from forums.models import Topic
from forums.naming import named_people
from forums.services.posts import create_post
from forums.services.writing import CATEGORIES_NAMED_A_DAY, BadText
from peerhub.people.models import Membership
from tests.builders import make_animator, make_member, make_network, make_suspended
from tests.forums.builders import make_confidential_forum, make_post, make_topic

pytestmark = pytest.mark.django_db

CALL = "Bonjour @[les élus](category:elected), qui peut aider ?"


def test_a_member_may_not_name_a_category_and_is_told_so(topic: Topic) -> None:
    with pytest.raises(BadText, match="réservé à l’animation"):
        create_post(author=topic.author, topic=topic, body=CALL, token=uuid4())
    assert topic.posts.count() == 1


def test_an_animator_names_a_category_a_few_times_a_day(topic: Topic) -> None:
    animator = make_animator(topic.network)
    for _time in range(CATEGORIES_NAMED_A_DAY):
        post = make_post(topic, animator.user, CALL)
    assert '<span class="mention" data-category="elected">@élu·es</span>' in post.body_html
    with pytest.raises(BadText, match="nommez plutôt des personnes"):
        make_post(topic, animator.user, CALL)


def test_those_of_the_category_who_can_read_are_named_and_nobody_else(member: Membership) -> None:
    network = member.network
    inside, outside = (make_member(network, category="elected") for _one in range(2))
    agent = make_member(network, category="agent")
    make_suspended(network)
    make_member(make_network(), category="elected")
    topic = make_topic(make_confidential_forum(network, [member.user, inside.user, agent.user]), member.user)
    assert named_people(CALL, topic) == {member.user_id, inside.user_id}
    assert outside.user_id not in named_people(f"{CALL} @[Lui](user:{outside.user_id})", topic)
