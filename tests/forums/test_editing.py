"""Edits with their history, removals and restorations: who may, what is told, what stays exact."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from forums.enums import RemovalKind
from forums.events import PostRemoved
from forums.handlers import on_post_removed
from forums.models import ForumAnimator, Post, PostRevision, Topic
from forums.services.answers import accept_answer
from forums.services.counters import find_drifts
from forums.services.editing import EditConflict, edit_post, remove_post, restore_post
from peerhub.files.enums import FileState
from peerhub.files.models import StoredFile
from peerhub.moderation.models import TrailEntry
from peerhub.notifications.models import Notification
from peerhub.notifications.queries import lines_for
from peerhub.outbox.testing import dispatch_all
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Membership, User
from peerhub.people.services.circles import add_member
from tests.builders import make_animator, make_member, make_network, make_user
from tests.conftest import Browser
from tests.files.builders import make_file
from tests.forums.builders import make_confidential_forum, make_forum, make_post, make_topic

pytestmark = pytest.mark.django_db


def read(post: Post) -> Post:
    return Post.objects.select_related("topic").get(pk=post.pk)


def aged(post: Post) -> Post:
    """Older than what may be corrected without a mark."""
    Post.objects.filter(pk=post.pk).update(created_at=timezone.now() - timedelta(hours=1))
    return read(post)


@pytest.fixture
def answer(topic: Topic) -> Post:
    return aged(make_post(topic, make_member(topic.network, category="agent").user, "Fait en **deux** ans."))


@pytest.fixture
def animator(topic: Topic) -> User:
    return make_animator(topic.network).user


# --- Editing ------------------------------------------------------------------------------------------------------


def test_an_edit_replaces_the_text_and_keeps_what_it_was(answer: Post) -> None:
    edit_post(actor=answer.author, post=answer, body="Fait en **trois** ans.", version=0)
    post = read(answer)
    assert post.body_html == "<p>Fait en <strong>trois</strong> ans.</p>"
    assert post.body_text == "Fait en trois ans."
    assert post.edited_at is not None
    assert post.changed_at is not None
    revision = PostRevision.objects.get()
    assert (revision.number, revision.body, revision.editor) == (1, "Fait en **deux** ans.", answer.author)
    assert Post.objects.extra(where=["body_vector @@ to_tsquery('french', 'trois')"]).count() == 1


def test_what_is_corrected_at_once_bears_no_mark_and_has_a_history(topic: Topic) -> None:
    post = make_post(topic, topic.author, "Fait.")
    edit_post(actor=topic.author, post=post, body="Fait !", version=0)
    assert (read(post).edited_at, PostRevision.objects.count()) == (None, 1)


def test_saving_the_same_text_changes_nothing(answer: Post) -> None:
    edit_post(actor=answer.author, post=answer, body=answer.body + "\n", version=0)
    assert (read(answer).edited_at, PostRevision.objects.count()) == (None, 0)


def test_the_opening_post_changes_the_title_and_its_address(topic: Topic) -> None:
    post = Post.objects.get(topic=topic, number=1)
    edit_post(actor=topic.author, post=post, body=post.body, version=0, title="Cuisines  centrales")
    topic.refresh_from_db()
    assert (topic.title, topic.slug) == ("Cuisines centrales", "cuisines-centrales")
    assert PostRevision.objects.get().title == "Cantines : qui l’a fait ?"


def test_a_reply_changes_no_title(topic: Topic, answer: Post) -> None:
    edit_post(actor=answer.author, post=answer, body="Autre", version=0, title="Autre titre")
    topic.refresh_from_db()
    assert topic.title == "Cantines : qui l’a fait ?"


def test_an_edit_from_an_older_text_is_a_conflict(answer: Post) -> None:
    edit_post(actor=answer.author, post=answer, body="Premier", version=0)
    with pytest.raises(EditConflict) as caught:
        edit_post(actor=answer.author, post=answer, body="Second", version=0)
    assert (caught.value.current.body, caught.value.version, read(answer).body) == ("Premier", 1, "Premier")


def test_who_changes_somebody_elses_text_says_why_and_it_is_shown(topic: Topic, answer: Post, animator: User) -> None:
    with pytest.raises(DomainError, match="Dites pourquoi"):
        edit_post(actor=animator, post=answer, body="Autre", version=0)
    edit_post(actor=animator, post=answer, body="Fait en deux ans, sans nom.", version=0, reason="Un nom <b>de trop")
    page = Browser().as_user(topic.author).get(topic.get_absolute_url()).content.decode()
    assert "modifié par l’animation : Un nom &lt;b&gt;de trop</a>" in page
    entry = TrailEntry.objects.get(verb="forums.post_edited")
    assert (entry.actor, entry.about, entry.reason) == (animator, answer.author, "Un nom <b>de trop")
    edit_post(actor=answer.author, post=read(answer), body="Encore autre.", version=1)
    assert TrailEntry.objects.filter(verb="forums.post_edited").count() == 1


@pytest.mark.parametrize("who", ["member", "stranger", "author of a locked topic", "author of a removed post"])
def test_who_may_not_edit(who: str, topic: Topic, answer: Post) -> None:
    actor = {"member": make_member(topic.network).user, "stranger": make_user()}.get(who, answer.author)
    if "locked" in who:
        Topic.objects.filter(pk=topic.pk).update(is_locked=True)
    if "removed" in who:
        remove_post(actor=answer.author, post=answer)
    with pytest.raises(Refused):
        edit_post(actor=actor, post=answer, body="Autre", version=0)
    assert read(answer).body == "Fait en **deux** ans."


def test_who_looks_after_the_theme_may_edit(topic: Topic, answer: Post) -> None:
    named = make_member(topic.network).user
    ForumAnimator.objects.create(forum=topic.forum, user=named)
    edit_post(actor=named, post=answer, body="Autre", version=0, reason="Coquille")
    assert read(answer).body == "Autre"


# --- Removing and restoring ---------------------------------------------------------------------------------------


def test_a_removal_keeps_the_place_and_the_counters_exact(topic: Topic, answer: Post) -> None:
    again = make_post(topic, answer.author)
    accept_answer(user=topic.author, post=answer)
    for _twice in range(2):
        remove_post(actor=answer.author, post=answer, reason="Je me suis trompée")
    topic.refresh_from_db()
    post = read(answer)
    assert (post.is_removed, post.removal_kind, post.removed_by) == (True, RemovalKind.AUTHOR, answer.author)
    assert (topic.post_count, topic.last_number, topic.accepted_post, topic.accepted_by) == (2, 3, None, None)
    assert list(find_drifts()) == []
    remove_post(actor=answer.author, post=again)
    topic.refresh_from_db()
    assert (topic.post_count, topic.answered_categories, list(find_drifts())) == (1, [], [])
    for _twice in range(2):
        restore_post(actor=answer.author, post=answer)
    topic.refresh_from_db()
    assert (topic.post_count, len(topic.answered_categories), list(find_drifts())) == (2, 1, [])
    assert (read(answer).is_removed, read(answer).removal_kind) == (False, "")


def test_the_opening_post_is_not_removed_alone(topic: Topic) -> None:
    with pytest.raises(Refused):
        remove_post(actor=topic.author, post=Post.objects.get(topic=topic, number=1))
    assert Post.objects.filter(is_removed=True).count() == 0


def test_the_animation_says_why_and_the_author_is_told_once(topic: Topic, answer: Post, animator: User) -> None:
    with pytest.raises(DomainError, match="Dites pourquoi"):
        remove_post(actor=animator, post=answer)
    remove_post(actor=animator, post=answer, reason="Publicité", kind=RemovalKind.MODERATION)
    dispatch_all()
    on_post_removed(PostRemoved(post_id=answer.pk))
    (notification,) = Notification.objects.filter(kind="forums.removed")
    (line,) = lines_for(answer.author, [notification])
    assert (line.subject.url, line.subject.context["reason"]) == (f"/messages/{answer.pk}/retire/", "Publicité")
    entry = TrailEntry.objects.get(verb="forums.post_removed")
    assert (entry.target_id, entry.about, entry.reason) == (answer.pk, answer.author, "Publicité")
    with pytest.raises(Refused):
        restore_post(actor=answer.author, post=answer)
    restore_post(actor=animator, post=answer)
    assert lines_for(answer.author, [notification]) == []
    assert TrailEntry.objects.filter(verb="forums.post_restored").count() == 1


def test_ones_own_removal_tells_nobody(answer: Post) -> None:
    remove_post(actor=answer.author, post=answer)
    dispatch_all()
    assert Notification.objects.filter(kind="forums.removed").count() == 0
    assert TrailEntry.objects.count() == 0


def test_nobody_removes_in_the_name_of_the_author(answer: Post, animator: User) -> None:
    with pytest.raises(Refused):
        remove_post(actor=animator, post=answer, kind=RemovalKind.AUTHOR)
    assert read(answer).is_removed is False


def test_what_was_told_of_a_post_is_moot_once_it_is_removed(topic: Topic, answer: Post) -> None:
    dispatch_all()
    told = list(Notification.objects.filter(kind="forums.reply", recipient=topic.author))
    assert len(lines_for(topic.author, told)) == 1
    remove_post(actor=answer.author, post=answer)
    assert lines_for(topic.author, told) == []


@pytest.mark.parametrize(("days", "is_late"), [(29, False), (31, True)])
def test_authors_have_thirty_days_to_bring_back_what_they_removed(days: int, is_late: bool, answer: Post) -> None:
    remove_post(actor=answer.author, post=answer)
    Post.objects.filter(pk=answer.pk).update(removed_at=timezone.now() - timedelta(days=days))
    with suppress(Refused):
        restore_post(actor=answer.author, post=answer)
    assert read(answer).is_removed is is_late


def test_an_animator_does_not_bring_back_what_its_author_removed(answer: Post, animator: User) -> None:
    remove_post(actor=answer.author, post=answer)
    with pytest.raises(Refused):
        restore_post(actor=animator, post=answer)
    assert read(answer).is_removed is True


def test_the_files_of_a_removed_post_go_and_come_with_it(topic: Topic, member: Membership) -> None:
    stored = make_file(member.user, topic.network)
    post = make_post(topic, member.user, f"[Budget](/fichiers/{stored.pk}/{stored.name})")
    states = [StoredFile.objects.get().state]
    remove_post(actor=member.user, post=post)
    states.append(StoredFile.objects.get().state)
    restore_post(actor=member.user, post=post)
    states.append(StoredFile.objects.get().state)
    assert states == [FileState.ATTACHED, FileState.WITHDRAWN, FileState.ATTACHED]


# --- The pages ----------------------------------------------------------------------------------------------------


def test_an_author_edits_in_a_page_and_the_history_shows_it(browser: Browser, topic: Topic, answer: Post) -> None:
    browser.as_user(answer.author)
    address = f"/messages/{answer.pk}/modifier/"
    form = browser.get(address).content.decode()
    assert ("Fait en **deux** ans.</textarea>" in form, 'name="version" value="0"' in form) == (True, True)
    empty = browser.post(address, {"body": "", "version": "0"})
    assert empty.status_code == 422
    saved = browser.post(address, {"body": "Fait en **trois** ans.", "version": "0", "reason": "Coquille"})
    assert (saved.status_code, saved.headers["Location"]) == (303, f"{topic.get_absolute_url()}#message-2")
    history = browser.get(f"/messages/{answer.pk}/historique/").content.decode()
    assert '<span class="visually-hidden"> supprimé : </span>deux</del>' in history
    assert '<span class="visually-hidden"> ajouté : </span>trois</ins>' in history
    assert ("Coquille" in history, answer.author.full_name in history) == (True, True)
    assert (
        f'href="/messages/{answer.pk}/historique/">modifié</a>'
        in browser.get(topic.get_absolute_url()).content.decode()
    )


def test_a_conflict_keeps_both_texts(browser: Browser, answer: Post) -> None:
    edit_post(actor=answer.author, post=answer, body="Fait en quatre ans.", version=0)
    response = browser.as_user(answer.author).post(
        f"/messages/{answer.pk}/modifier/", {"body": "Fait en cinq ans.", "version": "0"}
    )
    page = response.content.decode()
    assert response.status_code == 409
    assert '<textarea id="theirs" class="input" rows="8" readonly>Fait en quatre ans.</textarea>' in page
    assert "Fait en cinq ans.</textarea>" in page
    assert 'name="version" value="1"' in page
    assert ("quatre</del>" in page, "cinq</ins>" in page) == (True, True)


def test_a_refused_edit_gives_the_text_back(browser: Browser, topic: Topic, answer: Post) -> None:
    Topic.objects.filter(pk=topic.pk).update(is_locked=True)
    response = browser.as_user(answer.author).post(
        f"/messages/{answer.pk}/modifier/", {"body": "Un long texte", "version": "0"}
    )
    assert (response.status_code, "Un long texte</textarea>" in response.content.decode()) == (403, True)


def test_an_author_removes_in_a_page_and_undoes_it(browser: Browser, topic: Topic, answer: Post) -> None:
    browser.as_user(answer.author)
    address = f"/messages/{answer.pk}/retirer/"
    assert browser.get(address).status_code == 200
    assert browser.post(address, {}).status_code == 303
    page = browser.get(topic.get_absolute_url()).content.decode()
    assert f'formaction="/messages/{answer.pk}/restaurer/"' in page
    assert "Fait en" in browser.get(f"/messages/{answer.pk}/retire/").content.decode()
    others = Browser().as_user(topic.author)
    assert f'formaction="/messages/{answer.pk}/restaurer/"' not in others.get(topic.get_absolute_url()).content.decode()
    assert [others.get(f"/messages/{answer.pk}/{page}/").status_code for page in ("retire", "historique")] == [404, 404]
    assert browser.post(f"/messages/{answer.pk}/restaurer/").status_code == 303
    assert "Fait en" in others.get(topic.get_absolute_url()).content.decode()


def test_an_animator_must_say_why_and_reads_what_was_removed(
    browser: Browser, topic: Topic, answer: Post, animator: User
) -> None:
    browser.as_user(animator)
    address = f"/messages/{answer.pk}/retirer/"
    assert browser.post(address, {}).status_code == 422
    assert browser.post(address, {"reason": "Publicité"}).status_code == 303
    page = browser.get(f"/messages/{answer.pk}/retire/").content.decode()
    assert [word in page for word in ("Publicité", "Fait en <strong>deux</strong> ans.", "restaurer")] == [True] * 3
    own = Browser().as_user(answer.author).get(f"/messages/{answer.pk}/retire/").content.decode()
    assert [word in own for word in ("Publicité", "Fait en", "/restaurer/")] == [True, True, False]


def test_the_animation_has_no_key_to_what_was_removed_in_a_circle_that_it_is_not_in() -> None:
    network = make_network()
    one, other, animator = make_member(network), make_member(network), make_animator(network)
    forum = make_confidential_forum(network, [one.user, other.user])
    post = make_post(make_topic(forum, one.user), other.user, "CANARI")
    edit_post(actor=other.user, post=post, body="CANARI encore", version=0)
    remove_post(actor=other.user, post=post)
    browser = Browser().as_user(animator.user)
    pages = [f"/messages/{post.pk}/{page}/" for page in ("retire", "historique", "modifier", "retirer", "actions")]
    assert [browser.get(page).status_code for page in pages] == [404] * 5
    assert browser.post(f"/messages/{post.pk}/restaurer/").status_code == 404
    add_member(circle=forum.circle, user=animator.user)
    assert "CANARI encore" in browser.get(pages[0]).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_history_is_a_fixed_number_of_queries(
    count: int, browser: Browser, answer: Post, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        edit_post(actor=answer.author, post=answer, body=f"Texte {number}", version=number)
    browser.as_user(answer.author)
    browser.get(f"/messages/{answer.pk}/historique/")
    with django_assert_num_queries(7):
        page = browser.get(f"/messages/{answer.pk}/historique/").content.decode()
    assert page.count('<section class="card change"') == count


def test_a_forum_of_another_network_is_nobodys_to_edit(answer: Post) -> None:
    stranger = make_animator(make_network()).user
    make_forum(stranger.memberships.get().network)
    with pytest.raises(Refused):
        remove_post(actor=stranger, post=answer, reason="x")
    assert read(answer).is_removed is False


def test_what_turns_or_breaks_a_line_comes_in_by_no_edit(topic: Topic, answer: Post, animator: User) -> None:
    opening = aged(topic.posts.get(number=1))
    edit_post(
        actor=topic.author,
        post=opening,
        body="Autre",
        title="Cantines\u202e\u00a0: qui l’a\u2066 fait\u202f?",
        version=0,
    )
    assert Topic.objects.get(pk=topic.pk).title == "Cantines\u00a0: qui l’a fait\u202f?"
    remove_post(actor=animator, post=answer, reason="Hors\u202e sujet\u00a0:\nun nom")
    assert Post.objects.get(pk=answer.pk).removal_reason == "Hors sujet\u00a0: un nom"
