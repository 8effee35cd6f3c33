"""Files in posts: joined with them, gone with them, never open to more people than them."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from forums.models import Post, PostFile, Topic
from forums.services.files import move_files_of, rejoin_files, restore_files_of, withdraw_files_of
from forums.services.posts import create_post
from forums.services.topics import move_thread
from forums.services.writing import MAX_FILES, BadText, write_out
from peerhub.files.markdown import markdown_of
from peerhub.files.models import StoredFile
from peerhub.people.enums import CircleKind
from peerhub.people.models import Membership
from peerhub.people.services.circles import create_circle
from tests.builders import make_member
from tests.conftest import Browser
from tests.files.builders import make_file, make_image
from tests.files.corpus import SVG, picture
from tests.forums.builders import make_forum, make_post, make_topic

pytestmark = pytest.mark.django_db


def joined(member: Membership, topic: Topic, *files: StoredFile) -> Post:
    return make_post(topic, member.user, "Voici : " + " ".join(markdown_of(one) for one in files))


def states(*files: StoredFile) -> list[tuple[str, int | None]]:
    for one in files:
        one.refresh_from_db()
    return [(one.state, one.circle_id) for one in files]


def test_a_reply_opens_its_files_to_the_circle_of_its_topic(member: Membership, topic: Topic) -> None:
    image, document = make_image(member.user, member.network), make_file(member.user, member.network)
    post = joined(member, topic, image, document)
    assert states(image, document) == [("attached", topic.circle_id)] * 2
    assert set(PostFile.objects.filter(post=post).values_list("file_id", flat=True)) == {image.pk, document.pk}
    assert f'<img src="/fichiers/{image.pk}/vignette/plan.png" alt="Le plan" width="640" height="427"' in post.body_html
    assert post.body_text == "Voici : Le plan (plan.png) Budget.txt"


def test_an_opening_post_joins_its_files(member: Membership) -> None:
    stored = make_file(member.user, member.network)
    topic = make_topic(make_forum(member.network), member.user, body=markdown_of(stored))
    assert states(stored) == [("attached", topic.circle_id)]
    assert PostFile.objects.get().post.topic_id == topic.pk


def test_the_file_of_somebody_else_is_its_words(member: Membership, topic: Topic) -> None:
    stored = make_image(make_member(member.network).user, member.network)
    post = joined(member, topic, stored)
    assert (post.body_html, states(stored)) == ("<p>Voici : Le plan</p>", [("pending", None)])
    assert PostFile.objects.count() == 0


def test_a_file_of_the_circle_is_quoted_by_anyone_in_it(member: Membership, topic: Topic) -> None:
    stored = make_image(member.user, member.network)
    first = joined(member, topic, stored)
    second = joined(make_member(member.network), topic, stored)
    assert second.body_html == first.body_html
    withdraw_files_of([first.pk])
    assert states(stored) == [("attached", topic.circle_id)]
    Post.objects.filter(pk=first.pk).update(is_removed=True, removal_kind="author")
    withdraw_files_of([second.pk])
    assert states(stored) == [("withdrawn", topic.circle_id)]
    restore_files_of([second.pk])
    assert states(stored) == [("attached", topic.circle_id)]


def test_a_file_of_a_secret_circle_does_not_leave_it_by_its_address(member: Membership, topic: Topic) -> None:
    secret = create_circle(
        network=member.network, kind=CircleKind.CUSTOM, name="Secret", members=[member.user], confidential=True
    )
    stored = make_image(member.user, member.network, "secret.png")
    inside = make_topic(make_forum(member.network, circle=secret, slug="s"), member.user, body=markdown_of(stored))
    assert "secret.png" not in inside.posts.get().body_html
    outside = joined(member, topic, stored)
    assert (outside.body_html, states(stored)) == ("<p>Voici : Le plan</p>", [("attached", secret.pk)])


def test_a_moved_thread_takes_its_files_along(member: Membership, topic: Topic) -> None:
    stored, shared = make_file(member.user, member.network), make_file(member.user, member.network)
    post = joined(member, topic, stored, shared)
    other = joined(member, make_topic(topic.forum, member.user, title="Une autre question"), shared)
    secret = create_circle(
        network=member.network, kind=CircleKind.CUSTOM, name="Secret", members=[member.user], confidential=True
    )
    move_thread(topic=topic, circle=secret)
    # What a post elsewhere shows as well stays: nothing opens to more people than it was.
    assert states(stored, shared) == [("attached", secret.pk), ("attached", topic.forum.circle_id)]
    move_files_of([post.pk, other.pk], secret)
    assert states(stored, shared) == [("attached", secret.pk)] * 2


def test_an_edit_joins_what_it_shows_and_withdraws_what_it_shows_no_more(member: Membership, topic: Topic) -> None:
    before, after = make_file(member.user, member.network), make_file(member.user, member.network)
    post = joined(member, topic, before)
    circle = topic.circle
    written = write_out(markdown_of(after), circle=circle, author=member.user)
    rejoin_files(post=post, written=written, owner=member.user, circle=circle)
    assert states(before, after) == [("withdrawn", circle.pk), ("attached", circle.pk)]
    # And back again, as an author who thinks twice.
    written = write_out(markdown_of(before), circle=circle, author=member.user)
    rejoin_files(post=post, written=written, owner=member.user, circle=circle)
    assert states(before, after) == [("attached", circle.pk), ("withdrawn", circle.pk)]


def test_a_retry_joins_once(member: Membership, topic: Topic) -> None:
    stored, token = make_file(member.user, member.network), uuid4()
    posts = [
        create_post(author=member.user, topic=topic, body=markdown_of(stored), token=token) for _attempt in range(2)
    ]
    assert (posts[0].pk, PostFile.objects.count()) == (posts[1].pk, 1)


def test_too_many_files_are_refused(member: Membership, topic: Topic) -> None:
    body = " ".join(f"[a](/fichiers/{number}/a)" for number in range(1, MAX_FILES + 2))
    with pytest.raises(BadText, match="montre trop de fichiers\u00a0: 30 au plus"):
        write_out(body, circle=topic.circle, author=member.user)


def test_a_form_without_script_joins_its_file(browser: Browser, member: Membership, topic: Topic) -> None:
    fields = {
        "body": "Voici le plan.",
        "token": str(uuid4()),
        "file": SimpleUploadedFile("plan.png", picture()),
        "file_alt": "Le plan",
    }
    answer = browser.as_user(member.user).post(f"/sujets/{topic.pk}/repondre/", fields)
    post, stored = Post.objects.get(number=2), StoredFile.objects.get()
    assert answer.status_code == 303
    assert post.body == f"Voici le plan.\n\n![Le plan](/fichiers/{stored.pk}/plan.png)"
    assert states(stored) == [("attached", topic.circle_id)]


def test_a_bad_file_gives_the_text_back_with_a_sentence(browser: Browser, member: Membership, topic: Topic) -> None:
    fields = {"body": "Voici le plan.", "token": str(uuid4()), "file": SimpleUploadedFile("plan.svg", SVG)}
    answer = browser.as_user(member.user).post(f"/sujets/{topic.pk}/repondre/", fields)
    assert (answer.status_code, "Formats acceptés" in answer.text, "Voici le plan." in answer.text) == (422, True, True)
    assert (Post.objects.count(), StoredFile.objects.count()) == (1, 0)


def test_the_page_of_a_topic_offers_to_join_a_file(browser: Browser, member: Membership, topic: Topic) -> None:
    text = browser.as_user(member.user).get(topic.get_absolute_url()).text
    assert (text.count("<file-drop "), text.count('type="file" name="file"')) == (1, 1)
    assert "<file-drop " not in Browser().get(topic.get_absolute_url(), follow=True).text
