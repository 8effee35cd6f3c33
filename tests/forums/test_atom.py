"""Atom feeds: valid documents, of what their reader may see, and no more."""

from datetime import datetime
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.urls import reverse

from forums.enums import SubscriptionLevel
from forums.models import ForumSubscription, Post
from forums.queries.atom import feed_forums_of
from forums.queries.search import Asked
from forums.services.feed_tokens import open_feeds, renew_feeds, revoke_feeds
from forums.services.saved_searches import save_search
from peerhub.people.enums import MembershipStatus
from peerhub.people.models import CircleMember, Membership, User
from peerhub.people.services.memberships import end_membership
from tests.builders import make_member, make_network
from tests.conftest import Browser
from tests.forums.builders import make_confidential_forum, make_forum, make_post, make_public_forum, make_topic

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def member() -> Membership:
    return make_member(make_network(is_public=True))


def feed(address: str) -> list[ET.Element]:
    """The entries, after the document was held to RFC 4287."""
    response = Browser().get(address)
    assert response.status_code == 200, address
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ET.fromstring(response.content)  # noqa: S314 - our own
    assert root.tag == f"{ATOM}feed"
    _holds_once(root, "id", "title", "updated")
    entries = root.findall(f"{ATOM}entry")
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids)
    for entry in entries:
        _holds_once(entry, "id", "title", "updated")
        assert [link.get("rel") for link in entry.findall(f"{ATOM}link")] == ["alternate"]
    return entries


def _holds_once(element: ET.Element, *names: str) -> None:
    for name in names:
        (found,) = element.findall(f"{ATOM}{name}")
        assert found.text
        if name == "updated":
            assert datetime.fromisoformat(found.text).tzinfo is not None
        if name == "id":
            assert found.text.startswith(("http", "urn:uuid:"))


def titles(address: str) -> list[str]:
    return [entry.findtext(f"{ATOM}title", "") for entry in feed(address)]


def own(user: User, name: str = "own-feed", *more: object) -> str:
    return reverse(f"forums:{name}", args=[open_feeds(user=user), *more])


def test_public_feeds_hold_what_everyone_may_read(member: Membership) -> None:
    network = member.network
    public, closed = make_public_forum(network), make_forum(network)
    topic = make_topic(public, member.user, title="Ouverte & <claire>", body="Le *texte*.")
    make_post(topic, member.user, "Une suite.")
    make_topic(closed, member.user, title="Fermée", body="ouverte")
    expected = ["Réponse\u00a0: Ouverte & <claire>", "Ouverte & <claire>"]
    assert titles(f"/r/{network.slug}/discussions.atom") == expected
    assert titles(f"/r/{network.slug}/discussions/{public.slug}.atom") == expected
    assert titles(f"/recherche.atom?q=ouverte&reseau={network.slug}") == ["Ouverte & <claire>"]
    assert Browser().get(f"/r/{network.slug}/discussions/{closed.slug}.atom").status_code == 404
    # Signed in or not, it is the same document.
    signed_in = Browser().as_user(member.user).get("/recherche.atom?q=ouverte")
    assert signed_in.content == Browser().get("/recherche.atom?q=ouverte").content
    entry = feed(f"/r/{network.slug}/discussions.atom")[1]
    assert entry.findtext(f"{ATOM}summary") == "Le texte."
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == member.user.full_name


def test_a_secret_address_opens_what_its_owner_may_read(member: Membership) -> None:
    insider = make_member(member.network)
    closed = make_forum(member.network)
    secret = make_confidential_forum(member.network, [insider.user])
    make_topic(closed, member.user, title="Du réseau")
    make_topic(secret, insider.user, title="Entre nous", body="Du réseau aussi")
    neutral = "Un nouveau message dans un espace confidentiel"
    assert titles(own(member.user)) == ["Du réseau"]
    assert titles(own(insider.user)) == [neutral, "Du réseau"]
    (entry,) = feed(own(insider.user, "own-theme-feed", secret.pk))
    shown = ET.tostring(entry, encoding="unicode")
    assert [word for word in ("Entre nous", "réseau", insider.user.full_name) if word in shown] == []
    assert entry.find(f"{ATOM}author") is None
    page = Browser().get(own(insider.user, "own-theme-feed", secret.pk)).content.decode()
    assert page.count("Entre nous") == page.count(secret.slug) == 0
    assert Browser().get(own(member.user, "own-theme-feed", secret.pk)).status_code == 404
    CircleMember.objects.filter(circle=secret.circle, user=insider.user).delete()
    assert titles(own(insider.user)) == ["Du réseau"]


def test_what_is_followed_and_what_is_searched_have_feeds(member: Membership) -> None:
    author = make_member(member.network)
    forum, other = make_forum(member.network), make_forum(member.network, slug="routes", title="Routes")
    make_topic(forum, author.user, title="Navette")
    make_topic(other, author.user, title="Autre")
    assert titles(own(member.user, "own-followed-feed")) == []
    ForumSubscription.objects.create(user=member.user, forum=other, level=SubscriptionLevel.ALL)
    assert titles(own(member.user, "own-followed-feed")) == ["Autre"]
    saved = save_search(user=member.user, asked=Asked(words="navettes"), network=None)
    assert titles(own(member.user, "own-search-feed", saved.pk)) == ["Navette"]
    assert Browser().get(own(author.user, "own-search-feed", saved.pk)).status_code == 404


def test_a_feed_that_did_not_change_is_not_sent_again(member: Membership) -> None:
    address, browser = own(member.user), Browser()
    first = browser.get(address)
    assert first["Cache-Control"] == "private, no-cache"
    again = browser.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    head = browser.head(address)
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", first["ETag"])
    make_topic(make_forum(member.network), member.user)
    assert browser.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200
    public = browser.get("/recherche.atom?q=rien")
    assert public["Cache-Control"] == "public, max-age=300"


def test_removed_posts_leave_the_feeds(member: Membership) -> None:
    topic = make_topic(make_forum(member.network), member.user, title="Navette")
    post = make_post(topic, member.user)
    assert len(feed(own(member.user))) == 2
    Post.objects.filter(pk=post.pk).update(is_removed=True, removal_kind="author")
    assert titles(own(member.user)) == ["Navette"]


def test_addresses_are_opened_renewed_and_closed(member: Membership) -> None:
    browser = Browser().as_user(member.user)
    assert browser.get("/flux/").content.decode().count("/tout.atom") == 0
    assert browser.post("/flux/ouvrir/").status_code == 303
    first = own(member.user)
    page = browser.get("/flux/")
    assert page.content.decode().count(settings.PUBLIC_URL + first) == 1
    assert page["Cache-Control"] == "private, no-store"
    browser.post("/flux/ouvrir/", {"renew": "1"})
    second = own(member.user)
    assert [Browser().get(address).status_code for address in (first, second)] == [404, 200]
    browser.post("/flux/fermer/")
    assert Browser().get(second).status_code == 404
    assert revoke_feeds(user=member.user) is False
    secret = renew_feeds(user=member.user)
    assert member.user.forum_feed_token.token != secret  # the database alone opens nothing
    User.objects.filter(pk=member.user.pk).update(is_active=False)
    assert Browser().get(reverse("forums:own-feed", args=[secret])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_a_feed_takes_as_many_queries_for_one_as_for_three(
    member: Membership, count: int, django_assert_num_queries: object
) -> None:
    forum = make_forum(member.network)
    for number in range(count):
        make_topic(forum, member.user, title=f"Sujet {number}")
    address = own(member.user)
    with django_assert_num_queries(4):  # type: ignore[operator]
        assert len(feed(address)) == count


def test_themes_of_a_network_that_one_left_are_offered_no_more(member: Membership) -> None:
    make_public_forum(member.network)
    make_member(member.network)
    assert [forum.title for forum in feed_forums_of(member.user)] == ["Ouvert à tous"]
    end_membership(membership=member, status=MembershipStatus.LEFT)
    assert feed_forums_of(member.user) == []
