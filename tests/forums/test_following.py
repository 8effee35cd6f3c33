"""Who is told of what: the levels of topic, tag and theme times what happens, written out."""

from collections.abc import Callable

import pytest
from pytest_django import DjangoAssertNumQueries

from forums.enums import SubscriptionLevel, TopicKind
from forums.events import PostCreated, PostEdited, TopicCreated
from forums.handlers import on_post_created, on_post_edited, on_topic_created
from forums.models import Forum, ForumSubscription, Tag, TagSubscription, Topic, TopicSubscription
from forums.queries.levels import levels_of
from forums.services.editing import edit_post
from forums.services.following import set_forum_subscription, set_subscription, set_tag_subscription
from peerhub.notifications.models import Notification
from peerhub.notifications.services import mark_read as read_notifications
from peerhub.outbox.testing import dispatch_all
from peerhub.people.models import Membership, Network, User
from tests.builders import make_animator, make_member, make_network, make_user
from tests.conftest import Browser
from tests.forums.builders import make_confidential_forum, make_forum, make_post, make_topic

pytestmark = pytest.mark.django_db

ALL, FIRST, MENTIONS, MUTED = SubscriptionLevel


def naming(user: User) -> str:
    return f"Demandez à @[{user.full_name}](user:{user.pk})."


def make_tag(network: Network, slug: str = "cantines") -> Tag:
    return Tag.objects.create(network=network, slug=slug, name=slug.capitalize())


def told(user: User) -> list[str]:
    """The kinds of what the person was told, in order, without the name of the app."""
    kinds = Notification.objects.filter(recipient=user).order_by("pk").values_list("kind", flat=True)
    return [kind.partition(".")[2] for kind in kinds]


def set_level(place: str, user: User, topic: Topic, level: SubscriptionLevel | None) -> None:
    if place == "topic":
        set_subscription(user_id=user.pk, topic_id=topic.pk, level=level)
    elif place == "tag":
        tag = topic.tags.first() or make_tag(topic.network)
        topic.tags.add(tag)
        set_tag_subscription(user_id=user.pk, tag_id=tag.pk, level=level)
    elif place == "theme":
        set_forum_subscription(user_id=user.pk, forum_id=topic.forum_id, level=level)


# level: after two replies unread; after a third one, all read meanwhile; after a mention
LEVELS = {
    None: ([], [], ["mention"]),
    ALL: (["reply", "reply"], ["reply"], ["mention"]),
    FIRST: (["reply"], ["reply"], ["mention"]),
    MENTIONS: ([], [], ["mention"]),
    MUTED: ([], [], []),
}


@pytest.mark.parametrize("place", ["topic", "tag", "theme"])
@pytest.mark.parametrize("level", LEVELS)
def test_what_each_level_tells_of_replies(place: str, level: SubscriptionLevel | None, topic: Topic) -> None:
    follower, writer = make_member(topic.network).user, make_member(topic.network).user
    set_level(place, follower, topic, level)
    dispatch_all()
    seen = []
    for bodies in (["Un", "Deux"], ["Trois"], [naming(follower)]):
        Notification.objects.filter(recipient=follower).delete()
        for body in bodies:
            make_post(topic, writer, body)
            dispatch_all()
        seen.append(told(follower))
        read_notifications(user=follower)
    assert tuple(seen) == LEVELS[level]


@pytest.mark.parametrize("place", ["tag", "theme"])
@pytest.mark.parametrize(
    ("level", "of_another", "that_names"),
    [
        (None, [], ["mention"]),
        (ALL, ["new_topic"], ["mention"]),
        (FIRST, ["new_topic"], ["mention"]),
        (MENTIONS, [], ["mention"]),
        (MUTED, [], []),
    ],
)
def test_what_each_level_tells_of_topics(
    place: str, level: SubscriptionLevel | None, of_another: list[str], that_names: list[str], member: Membership
) -> None:
    forum, follower = make_forum(member.network), make_member(member.network).user
    seen = []
    for body in ("Un sujet.", naming(follower)):
        Notification.objects.filter(recipient=follower).delete()
        topic = make_topic(forum, member.user, kind=TopicKind.DISCUSSION, body=body)
        set_level(place, follower, topic, level)
        dispatch_all()
        seen.append(told(follower))
        Tag.objects.all().delete()
    assert seen == [of_another, that_names]


@pytest.mark.parametrize(
    ("topic_level", "tag_levels", "theme_level", "resolved"),
    [
        (None, [], None, MENTIONS),
        (None, [], ALL, ALL),
        (None, [], MUTED, MUTED),
        (None, [MUTED], ALL, MUTED),
        (None, [FIRST], MUTED, FIRST),
        (None, [MUTED, FIRST], None, FIRST),
        (None, [MENTIONS, MUTED], ALL, MENTIONS),
        (ALL, [MUTED], MUTED, ALL),
        (MUTED, [ALL], ALL, MUTED),
        (MENTIONS, [], ALL, MENTIONS),
    ],
)
def test_the_nearest_level_counts(
    topic_level: SubscriptionLevel | None,
    tag_levels: list[SubscriptionLevel],
    theme_level: SubscriptionLevel | None,
    resolved: SubscriptionLevel,
    topic: Topic,
) -> None:
    user = make_member(topic.network).user
    set_subscription(user_id=user.pk, topic_id=topic.pk, level=topic_level)
    set_forum_subscription(user_id=user.pk, forum_id=topic.forum_id, level=theme_level)
    for number, level in enumerate(tag_levels):
        tag = make_tag(topic.network, f"mot-{number}")
        topic.tags.add(tag)
        set_tag_subscription(user_id=user.pk, tag_id=tag.pk, level=level)
    assert levels_of(topic).get(user.pk, MENTIONS) == resolved


def test_a_level_is_set_twice_changed_and_taken_away(topic: Topic) -> None:
    user, tag = make_member(topic.network).user, make_tag(topic.network)
    for level in (ALL, ALL, MUTED):
        set_subscription(user_id=user.pk, topic_id=topic.pk, level=level)
        set_forum_subscription(user_id=user.pk, forum_id=topic.forum_id, level=level)
        set_tag_subscription(user_id=user.pk, tag_id=tag.pk, level=level)
    models = (TopicSubscription, ForumSubscription, TagSubscription)
    levels = [list(model._default_manager.filter(user=user).values_list("level", flat=True)) for model in models]
    assert levels == [[MUTED]] * 3
    set_subscription(user_id=user.pk, topic_id=topic.pk, level=None)
    set_forum_subscription(user_id=user.pk, forum_id=topic.forum_id, level=None)
    set_tag_subscription(user_id=user.pk, tag_id=tag.pk, level=None)
    assert [model._default_manager.filter(user=user).count() for model in models] == [0, 0, 0]


def test_one_person_is_told_once_of_one_thing(member: Membership) -> None:
    """Named, animating, and following theme and tag: the nearest reason alone, however often the handler runs."""
    animator = make_animator(member.network).user
    forum = make_forum(member.network)
    set_forum_subscription(user_id=animator.pk, forum_id=forum.pk, level=ALL)
    plain = make_topic(forum, member.user)
    named = make_topic(forum, member.user, body=naming(animator))
    dispatch_all()
    assert told(animator) == ["question", "mention"]
    post = make_post(named, member.user, naming(animator))
    for _twice in range(2):
        on_topic_created(TopicCreated(topic_id=plain.pk))
        on_topic_created(TopicCreated(topic_id=named.pk))
        on_post_created(PostCreated(post_id=post.pk, topic_id=named.pk))
    assert told(animator) == ["question", "mention", "mention"]


def test_nobody_is_told_of_what_is_not_open(member: Membership) -> None:
    """Followers of a theme who left its circle, and people named who are outside of it."""
    inside, outside = make_member(member.network).user, make_member(member.network).user
    forum = make_confidential_forum(member.network, [member.user, inside])
    for user in (inside, outside):
        set_forum_subscription(user_id=user.pk, forum_id=forum.pk, level=ALL)
    topic = make_topic(forum, member.user, kind=TopicKind.DISCUSSION, body=naming(outside))
    make_post(topic, member.user, naming(outside) + naming(inside))
    dispatch_all()
    assert (told(inside), told(outside)) == (["new_topic", "mention"], [])


def test_an_edit_tells_those_it_newly_names(topic: Topic) -> None:
    first, second, muted = (make_member(topic.network).user for _number in range(3))
    set_subscription(user_id=muted.pk, topic_id=topic.pk, level=MUTED)
    post = make_post(topic, topic.author, naming(first))
    dispatch_all()
    edit_post(actor=topic.author, post=post, body=naming(first) + naming(second) + naming(muted), version=0)
    dispatch_all()
    on_post_edited(PostEdited(post_id=post.pk, revision=1))
    assert (told(first), told(second), told(muted)) == (["mention"], ["mention"], [])


def test_nobody_tells_oneself(topic: Topic) -> None:
    make_post(topic, topic.author, naming(topic.author))
    dispatch_all()
    assert told(topic.author) == []


# --- The pages ----------------------------------------------------------------------------------------------------


def test_a_level_is_chosen_in_the_menu_of_a_topic(browser: Browser, topic: Topic) -> None:
    reader = make_member(topic.network).user
    browser.as_user(reader)
    sent = browser.post(f"/sujets/{topic.pk}/suivre/", {"level": "first", "next": topic.get_absolute_url()})
    assert (sent.status_code, sent.headers["Location"]) == (303, topic.get_absolute_url())
    menu = browser.get(f"/sujets/{topic.pk}/actions/").content.decode()
    assert 'name="level" value="first" aria-pressed="true"' in menu
    assert browser.post(f"/sujets/{topic.pk}/suivre/", {"level": "often"}).status_code == 404
    lines = browser.get(f"/themes/{topic.forum_id}/suivre/", HTTP_HX_REQUEST="true").content.decode()
    assert (lines.count('aria-pressed="false"'), "<html" in lines) == (4, False)
    forum = f"/r/{topic.network.slug}/discussions/{topic.forum.slug}/"
    assert f'data-lazy="/themes/{topic.forum_id}/suivre/"' in browser.get(forum).content.decode()
    browser.post(f"/sujets/{topic.pk}/suivre/", {"level": ""})
    assert TopicSubscription.objects.filter(user=reader).count() == 0


def test_what_is_followed_is_listed_as_far_as_it_is_open(browser: Browser, topic: Topic) -> None:
    reader = make_member(topic.network).user
    hidden = make_confidential_forum(topic.network, [topic.author])
    tag, elsewhere = make_tag(topic.network), make_tag(make_network(is_public=False), "ailleurs")
    set_forum_subscription(user_id=reader.pk, forum_id=topic.forum_id, level=ALL)
    set_forum_subscription(user_id=reader.pk, forum_id=hidden.pk, level=ALL)
    set_tag_subscription(user_id=reader.pk, tag_id=tag.pk, level=FIRST)
    set_tag_subscription(user_id=reader.pk, tag_id=elsewhere.pk, level=FIRST)
    page = browser.as_user(reader).get("/mes-suivis/").content.decode()
    words = (topic.forum.title, "Cantines", "Entre nous", "Ailleurs")
    assert [word in page for word in words] == [True, True, False, False]


@pytest.mark.parametrize(
    ("path", "pk"),
    [
        ("sujets", lambda topic, forum, tag: topic.pk),
        ("themes", lambda topic, forum, tag: forum.pk),
        ("mots-cles", lambda topic, forum, tag: tag.pk),
    ],
)
def test_only_what_one_sees_can_be_followed(path: str, pk: Callable[[Topic, Forum, Tag], int]) -> None:
    network = make_network(is_public=False)
    member = make_member(network)
    topic = make_topic(make_forum(network), member.user)
    address = f"/{path}/{pk(topic, topic.forum, make_tag(network))}/suivre/"
    statuses = [
        Browser().as_user(user).post(address, {"level": "all"}).status_code for user in (make_user(), member.user)
    ]
    assert statuses == [404, 303]


@pytest.mark.parametrize("count", [1, 3, 20])
def test_the_list_is_a_fixed_number_of_queries(
    count: int, browser: Browser, member: Membership, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        forum = make_forum(member.network, slug=f"theme-{number}")
        make_topic(forum, member.user)
        set_forum_subscription(user_id=member.user_id, forum_id=forum.pk, level=ALL)
        tag = make_tag(member.network, f"mot-{number}")
        set_tag_subscription(user_id=member.user_id, tag_id=tag.pk, level=ALL)
    browser.as_user(member.user)
    browser.get("/mes-suivis/")
    with django_assert_num_queries(6):
        page = browser.get("/mes-suivis/").content.decode()
    assert page.count('<li class="follow">') == 3 * count


@pytest.mark.parametrize("count", [1, 3, 20])
def test_a_reply_is_told_in_a_fixed_number_of_queries(
    count: int, topic: Topic, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people = [make_member(topic.network).user for _number in range(count)]
    for user in people:
        set_forum_subscription(user_id=user.pk, forum_id=topic.forum_id, level=FIRST)
    post = make_post(topic, topic.author, "Un " + "".join(naming(user) for user in people[: count // 2]))
    on_post_created(PostCreated(post_id=post.pk, topic_id=topic.pk))
    again = make_post(topic, topic.author, "Une autre")
    read_notifications(user=people[-1])
    with django_assert_num_queries(7):
        on_post_created(PostCreated(post_id=again.pk, topic_id=topic.pk))
    assert Notification.objects.filter(kind="forums.reply", target_id=again.pk).count() == 1
