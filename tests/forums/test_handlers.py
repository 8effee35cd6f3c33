"""Who is told of what, once, and what confidential circles let out."""

import pytest
from django.core import mail
from django.core.mail import EmailMessage, EmailMultiAlternatives

from forums.enums import SubscriptionLevel
from forums.events import AnswerAccepted, PostCreated, TopicCreated
from forums.handlers import on_answer_accepted, on_post_created, on_topic_created
from forums.models import Post
from forums.services.answers import accept_answer, revoke_answer
from forums.services.following import set_subscription
from forums.services.reading import mark_read
from peerhub.notifications.delivery import deliver_due
from peerhub.notifications.models import Delivery, Notification
from peerhub.notifications.queries import lines_for
from peerhub.outbox.testing import dispatch_all
from peerhub.people.services.circles import remove_member
from tests.builders import make_animator, make_member, make_network
from tests.conftest import Browser
from tests.forums.builders import make_confidential_forum, make_forum, make_post, make_topic

pytestmark = pytest.mark.django_db


def told(kind: str) -> set[int]:
    return set(Notification.objects.filter(kind=kind).values_list("recipient", flat=True))


def read(message: EmailMessage) -> str:
    """Subject, text and HTML."""
    assert isinstance(message, EmailMultiAlternatives)
    return f"{message.subject} {message.body} {message.alternatives[0][0]!r}"


def test_followers_are_told_of_a_reply_once() -> None:
    network = make_network()
    asker, helper, other = (make_member(network) for _number in range(3))
    topic = make_topic(make_forum(network), asker.user)
    make_post(topic, other.user)
    post = make_post(topic, helper.user)
    on_post_created(PostCreated(post_id=post.pk, topic_id=topic.pk))
    before = (Notification.objects.count(), Delivery.objects.count())
    on_post_created(PostCreated(post_id=post.pk, topic_id=topic.pk))
    assert told("forums.reply") == {asker.user_id, other.user_id}
    assert (Notification.objects.count(), Delivery.objects.count()) == before == (2, 2)


def test_who_mutes_has_read_or_left_the_circle_is_not_told() -> None:
    network = make_network()
    asker, muted, quick, gone = (make_member(network) for _number in range(4))
    forum = make_confidential_forum(network, [one.user for one in (asker, muted, quick, gone)])
    topic = make_topic(forum, asker.user)
    for one in (muted, quick, gone):
        make_post(topic, one.user)
    set_subscription(user_id=muted.user_id, topic_id=topic.pk, level=SubscriptionLevel.MUTED)
    post = make_post(topic, asker.user)
    mark_read(user_id=quick.user_id, topic_id=topic.pk, number=post.number)
    remove_member(circle=forum.circle, user=gone.user)
    on_post_created(PostCreated(post_id=post.pk, topic_id=topic.pk))
    assert told("forums.reply") == set()


def test_a_removed_post_tells_nobody() -> None:
    network = make_network()
    asker, helper = make_member(network), make_member(network)
    topic = make_topic(make_forum(network), asker.user)
    post = make_post(topic, helper.user)
    Post.objects.filter(pk=post.pk).update(is_removed=True, removal_kind="moderation")
    on_post_created(PostCreated(post_id=post.pk, topic_id=topic.pk))
    assert told("forums.reply") == set()


def test_animators_who_see_a_question_are_told_once() -> None:
    network = make_network()
    asker, inside, outside = make_member(network), make_animator(network), make_animator(network)
    question = make_topic(make_forum(network), asker.user)
    talk = make_topic(question.forum, asker.user, kind="discussion")
    hidden = make_topic(make_confidential_forum(network, [asker.user, inside.user]), asker.user)
    for topic in (question, talk, hidden, question, talk, hidden):
        on_topic_created(TopicCreated(topic_id=topic.pk))
    rows = set(Notification.objects.values_list("recipient", "target_id"))
    assert rows == {(inside.user_id, question.pk), (outside.user_id, question.pk), (inside.user_id, hidden.pk)}


def test_the_author_of_the_answer_is_told_once_and_not_after_it_was_taken_back() -> None:
    network = make_network()
    asker, helper = make_member(network), make_member(network)
    topic = make_topic(make_forum(network), asker.user)
    post = make_post(topic, helper.user)
    accept_answer(user=asker.user, post=post)
    for _time in range(2):
        on_answer_accepted(AnswerAccepted(topic_id=topic.pk, post_id=post.pk))
    (notification,) = Notification.objects.filter(kind="forums.accepted")
    assert notification.recipient == helper.user
    assert len(lines_for(helper.user, [notification])) == 1
    revoke_answer(user=asker.user, post=post)
    assert lines_for(helper.user, [notification]) == []


def test_the_mail_of_a_reply_quotes_it_and_links_to_it() -> None:
    network = make_network()
    asker, helper = make_member(network), make_member(network)
    topic = make_topic(make_forum(network), asker.user, title="Cantines & <b>local</b>")
    post = make_post(topic, helper.user, "Fait **en deux ans**.")
    dispatch_all()
    deliver_due()
    (message,) = mail.outbox
    assert message.to == [asker.user.email]
    assert str(message.subject).replace("\u00a0", " ") == "Nouvelle réponse : Cantines & <b>local</b>"
    assert f"{helper.user.full_name} a répondu dans «\u00a0Cantines & <b>local</b>\u00a0»." in message.body
    assert "Fait en deux ans." in message.body
    assert f"/messages/{post.pk}/" in message.body
    assert "Cantines &amp; &lt;b&gt;local&lt;/b&gt;" in read(message)


def test_a_mail_from_a_confidential_circle_says_that_and_never_what() -> None:
    network = make_network()
    asker, helper = make_member(network), make_animator(network)
    forum = make_confidential_forum(network, [asker.user, helper.user])
    topic = make_topic(forum, asker.user, title="CANARI titre", body="CANARI question")
    post = make_post(topic, helper.user, "CANARI réponse")
    accept_answer(user=asker.user, post=make_post(topic, helper.user, "CANARI encore"))
    dispatch_all()
    Delivery.objects.update(frequency="now", due_at="2020-01-01T00:00Z")
    deliver_due()
    assert len(mail.outbox) == 3
    for message in mail.outbox:
        whole = message.message().as_string() + read(message)
        assert "canari" not in whole.lower()
        assert helper.user.full_name not in whole or message.to == [helper.user.email]
        assert asker.user.full_name not in whole or message.to == [asker.user.email]
    assert f"/messages/{post.pk}/" in "".join(read(message) for message in mail.outbox)
    page = Browser().as_user(asker.user).get("/notifications/").content.decode()
    assert "Il y a du nouveau dans un espace confidentiel." in page
    assert "CANARI" not in page


def test_a_notification_about_what_is_no_longer_visible_is_not_shown() -> None:
    network = make_network()
    asker, helper = make_member(network), make_member(network)
    forum = make_confidential_forum(network, [asker.user, helper.user])
    topic = make_topic(forum, asker.user)
    make_post(topic, helper.user)
    dispatch_all()
    notification = Notification.objects.get(recipient=asker.user)
    assert len(lines_for(asker.user, [notification])) == 1
    remove_member(circle=forum.circle, user=asker.user)
    assert lines_for(asker.user, [notification]) == []
    deliver_due()
    assert mail.outbox == []


def test_reading_the_topic_reads_its_notifications_and_holds_back_the_mail() -> None:
    network = make_network()
    asker, helper = make_member(network), make_member(network)
    topic = make_topic(make_forum(network), asker.user)
    make_post(topic, helper.user)
    dispatch_all()
    Browser().as_user(asker.user).get(topic.get_absolute_url())
    assert Notification.objects.get(recipient=asker.user).read_at is not None
    deliver_due()
    assert mail.outbox == []
