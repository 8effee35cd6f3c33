"""Searches that are kept: what they tell, once, to those who may still read it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from forums.models import Post, SavedSearch
from forums.queries.search import Asked
from forums.services.saved_searches import MOST, change_search, save_search, tell_new_finds
from peerhub.notifications.delivery import deliver_due
from peerhub.notifications.enums import DeliveryState
from peerhub.notifications.models import Delivery, Notification
from peerhub.people.errors import DomainError
from peerhub.people.models import CircleMember, Membership
from tests.builders import make_member, make_network
from tests.conftest import Browser
from tests.forums.builders import make_confidential_forum, make_forum, make_post, make_topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def watcher() -> Membership:
    return make_member(make_network())


def watch(watcher: Membership, words: str = "navette", **filters: str) -> SavedSearch:
    asked = Asked(words=words, **filters)
    return save_search(user=watcher.user, asked=asked, network=watcher.network, name="Navettes")


def tell(minutes: int = 2) -> int:
    return tell_new_finds(now=timezone.now() + timedelta(minutes=minutes))


def test_what_is_new_is_told_once(watcher: Membership) -> None:
    author, forum = make_member(watcher.network), make_forum(watcher.network)
    topic = make_topic(forum, author.user, title="Une navette", body="Déjà là.")
    saved = watch(watcher)
    assert tell() == 0
    make_post(topic, author.user, "Sans le mot, dans un sujet qui le porte.")
    make_post(topic, watcher.user, "La navette de la personne elle-même.")
    assert tell() == 0
    found = [make_post(topic, author.user, "Deux navettes."), make_post(topic, author.user, "Et une navette.")]
    assert tell(0) == 0  # a minute is left for posts that are being written
    assert (tell(), tell(), tell(600)) == (1, 0, 0)
    (notification,) = Notification.objects.filter(kind="forums.saved_search")
    assert notification.key == f"forums.saved_search.{saved.pk}.{found[1].pk}-{found[0].pk}"
    assert notification.target_id == saved.pk
    make_post(topic, author.user, "Encore une navette.")
    assert (tell(), tell()) == (1, 0)


def test_words_of_the_title_count_with_those_of_the_post(watcher: Membership) -> None:
    author, forum = make_member(watcher.network), make_forum(watcher.network)
    watch(watcher, "navette mairie")
    topic = make_topic(forum, author.user, title="Une navette", body="Bonjour.")
    assert tell() == 0
    make_post(topic, author.user, "Voyez la mairie.")
    assert tell() == 1


def test_filters_alone_watch_for_topics(watcher: Membership) -> None:
    author, forum = make_member(watcher.network), make_forum(watcher.network)
    watch(watcher, "", kind="question")
    topic = make_topic(forum, author.user)
    assert tell() == 1
    make_post(topic, author.user)
    assert tell() == 0


def test_silence_tells_nothing_of_what_was_written_meanwhile(watcher: Membership) -> None:
    author, forum = make_member(watcher.network), make_forum(watcher.network)
    saved = watch(watcher)
    change_search(saved=saved, name="Autre", is_notifying=False)
    make_topic(forum, author.user, title="Navette")
    assert tell() == 0
    change_search(saved=saved, name="Autre", is_notifying=True)
    assert tell() == 0
    make_topic(forum, author.user, title="Navette encore")
    assert tell() == 1


def _mails(watcher: Membership) -> list[str]:
    Delivery.objects.update(due_at=timezone.now())
    deliver_due()
    return [f"{message.subject}\n{message.body}" for message in mail.outbox if message.to == [watcher.user.email]]


def test_the_mail_says_who_wrote_what_where(watcher: Membership) -> None:
    author, forum = make_member(watcher.network), make_forum(watcher.network)
    saved = watch(watcher)
    make_topic(forum, author.user, title="Une navette", body="Gratuite.")
    tell()
    (text,) = _mails(watcher)
    for expected in ("«\u00a0Navettes\u00a0»", "Une navette", author.user.full_name, f"/recherches/{saved.pk}/"):
        assert text.count(expected) >= 1, expected


def test_of_a_confidential_circle_only_that_something_was_found(watcher: Membership) -> None:
    author = make_member(watcher.network)
    forum = make_confidential_forum(watcher.network, [author.user, watcher.user])
    watch(watcher)
    make_topic(forum, author.user, title="Une navette", body="Gratuite.")
    assert tell() == 1
    (text,) = _mails(watcher)
    assert [word for word in ("avette", "Gratuite", author.user.given_name, forum.title) if word in text] == []
    page = Browser().as_user(watcher.user).get("/notifications/").content.decode()
    assert page.count("a trouvé du nouveau dans un espace confidentiel") == 1


@pytest.mark.parametrize("loss", ["rights", "post", "search"])
def test_what_was_lost_meanwhile_is_not_told(watcher: Membership, loss: str) -> None:
    author = make_member(watcher.network)
    forum = make_confidential_forum(watcher.network, [author.user, watcher.user])
    saved = watch(watcher)
    topic = make_topic(forum, author.user, title="Une navette")
    assert tell() == 1
    if loss == "rights":
        CircleMember.objects.filter(circle=forum.circle, user=watcher.user).delete()
    elif loss == "post":
        Post.objects.filter(topic=topic).update(is_removed=True, removal_kind="author")
    else:
        saved.delete()
    assert _mails(watcher) == []
    assert Delivery.objects.get().state == DeliveryState.SKIPPED


def test_who_may_not_see_is_told_nothing(watcher: Membership) -> None:
    author = make_member(watcher.network)
    watch(watcher)
    make_topic(make_confidential_forum(watcher.network, [author.user]), author.user, title="Une navette")
    assert tell() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_one_as_for_three(
    watcher: Membership, count: int, django_assert_num_queries: object
) -> None:
    for number in range(count):
        watch(watcher, f"navette {number}")
    browser = Browser().as_user(watcher.user)
    with django_assert_num_queries(3):  # type: ignore[operator]
        page = browser.get("/recherches/")
    assert page.content.decode().count('class="saved-search__name"') == count


def test_a_search_is_kept_changed_opened_and_erased(watcher: Membership) -> None:
    browser = Browser().as_user(watcher.user)
    query = f"q=navette&reseau={watcher.network.slug}&par=elu"
    for _twice in range(2):
        assert browser.post("/recherches/garder/", {"query": query, "name": "À suivre"}).status_code == 303
    saved = SavedSearch.objects.get()
    assert (saved.name, saved.is_notifying, saved.network, saved.user) == (
        "À suivre", False, watcher.network, watcher.user,
    )  # fmt: skip
    assert browser.post(f"/recherches/{saved.pk}/modifier/", {"name": "Autre", "notify": "on"}).status_code == 303
    saved.refresh_from_db()
    assert (saved.name, saved.is_notifying) == ("Autre", True)
    opened = browser.get(f"/recherches/{saved.pk}/")
    assert opened["Location"] == f"/recherche/?{saved.query}&tri=recent"
    assert browser.get(opened["Location"]).status_code == 200
    stranger = Browser().as_user(make_member(watcher.network).user)
    assert stranger.post(f"/recherches/{saved.pk}/effacer/").status_code == 404
    assert browser.post(f"/recherches/{saved.pk}/effacer/").status_code == 303
    assert SavedSearch.objects.count() == 0


def test_a_person_keeps_so_many_and_nothing_empty(watcher: Membership) -> None:
    for number in range(MOST):
        watch(watcher, f"mot{number}")
    with pytest.raises(DomainError):
        watch(watcher, "un de trop")
    with pytest.raises(DomainError):
        watch(watcher, "")
    assert watch(watcher, "mot1").name == "Navettes"
