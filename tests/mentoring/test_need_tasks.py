"""Needs that nobody accepts: the task of the animators, with a clock, and never a word of them."""

from uuid import uuid4

import pytest
from django.urls import reverse

from mentoring.enums import NeedAudience
from mentoring.forum_origins import origins_of_words_of_animators
from mentoring.models import KeptApart, NeedTask
from mentoring.queries.need_tasks import waiting_needs
from mentoring.services.need_tasks import finish_task, ring_tasks, take_task, write_to_asker
from mentoring.services.needs import close_need, open_again
from mentoring.services.solicitations import accept_solicitation, decline_solicitation
from peerhub.notifications.models import Notification
from peerhub.outbox.testing import dispatch_all
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Membership, Network, User
from tests.builders import make_animator, make_network
from tests.conftest import Browser
from tests.mentoring.builders import make_listed
from tests.mentoring.need_builders import make_need, make_peer
from tests.mentoring.solicitation_builders import ask, move_clock

pytestmark = pytest.mark.django_db


def told(member: Membership) -> int:
    return Notification.objects.filter(recipient=member.user, kind="mentoring.need_task").count()


def test_three_alerts_each_once(network: Network, me: Membership) -> None:
    animator, other = make_animator(network), make_animator(network)
    make_need(me.user, network)
    dispatch_all()
    heard = []
    for days in (2, 1, 0, 6, 0, 12, 0, 20):
        move_clock(days)
        ring_tasks()
        ring_tasks()
        dispatch_all()
        heard.append(told(animator))
    assert heard == [0, 1, 1, 2, 2, 3, 3, 3]
    assert (told(other), told(me)) == (3, 0)


def test_after_an_outage_the_last_step_alone(network: Network, me: Membership) -> None:
    animator = make_animator(network)
    make_need(me.user, network)
    dispatch_all()
    move_clock(10)
    assert (ring_tasks(), ring_tasks()) == (1, 0)
    dispatch_all()
    assert told(animator) == 1
    task = NeedTask.objects.get()
    assert task.step_days == 21


def test_whoever_takes_it_hears_of_it_alone_until_it_is_done(network: Network, me: Membership) -> None:
    animator, other = make_animator(network), make_animator(network)
    make_need(me.user, network)
    dispatch_all()
    move_clock(3)
    ring_tasks()
    dispatch_all()
    task = NeedTask.objects.get()
    with pytest.raises(Refused):
        take_task(animator=me.user, network=network, pk=task.pk)
    assert take_task(animator=animator.user, network=network, pk=task.pk)
    assert not take_task(animator=animator.user, network=network, pk=task.pk)
    assert [one.taken_by for one in waiting_needs(other.user, network)] == [animator.user]
    move_clock(6)
    ring_tasks()
    dispatch_all()
    assert (told(animator), told(other)) == (2, 1)
    finish_task(animator=animator.user, network=network, pk=task.pk)
    move_clock(20)
    assert ring_tasks() == 0
    assert waiting_needs(animator.user, network) == []


def test_answered_or_closed_it_rings_no_more(network: Network, me: Membership) -> None:
    zoe = make_peer(network, "Zoé")
    answered, closed = make_need(me.user, network), make_need(me.user, network)
    dispatch_all()
    (first,) = ask(answered, zoe)
    accept_solicitation(peer=zoe.user, solicitation=first)
    close_need(author=me.user, need=closed, closing="nobody")
    dispatch_all()
    move_clock(30)
    assert ring_tasks() == 0
    # Left without fault: it begins anew, from that day.
    open_again(need_id=answered.pk)
    dispatch_all()
    dispatch_all()
    assert ring_tasks() == 0
    move_clock(3)
    assert ring_tasks() == 1


def test_the_desk_says_since_when_and_what_was_tried(network: Network, me: Membership) -> None:
    zoe, paul = make_peer(network, "Zoé"), make_peer(network, "Paul")
    need = make_need(me.user, network)
    dispatch_all()
    (first, _second) = ask(need, zoe, paul)
    decline_solicitation(peer=zoe.user, solicitation=first, reason="time")
    move_clock(9)
    ring_tasks()
    (one,) = waiting_needs(make_animator(network).user, network)
    assert (one.author, one.days, one.is_late, one.pending, one.declined, one.lapsed) == (me.user, 9, True, 1, 1, 0)


def test_the_desk_of_the_network_counts_them(network: Network, me: Membership, browser: Browser) -> None:
    browser.as_user(make_animator(network).user)
    address, words = reverse("portal:desk", args=[network.slug]), "que quelqu’un réponde présent"
    make_need(me.user, network)
    dispatch_all()
    assert words not in browser.get(address).content.decode()
    move_clock(3)
    ring_tasks()
    html = browser.get(address).content.decode()
    assert ("<b>1 besoin</b> attend" in html, "Ouvrir un lieu" in html) == (True, False)


def test_the_desk_says_no_word_of_a_need_and_is_the_animators(
    browser: Browser, network: Network, me: Membership, django_assert_num_queries: object
) -> None:
    animator, address = make_animator(network), reverse("mentoring:need-tasks", args=[network.slug])
    counts = []
    for number in range(3):
        words = {"title": f"Potiron {number}", "details": "Citrouille"}
        make_need(make_listed(network, f"Autre {number}").user, network, audience=NeedAudience.ASKED, **words)
        dispatch_all()
        move_clock(4)
        ring_tasks()
        browser.as_user(animator.user)
        html = browser.get(address).content.decode()
        assert f"Autre {number}" in html
        assert not any(word in html for word in ("Potiron", "Citrouille", "tiers-lieu"))
        counts.append(html.count('name="act" value="take"'))
    assert counts == [1, 2, 3]
    task = NeedTask.objects.order_by("pk").first()
    assert task is not None
    assert browser.post(address, {"act": "take", "task": task.pk}).status_code == 303
    assert browser.post(address, {"act": "done", "task": task.pk}).status_code == 303
    task.refresh_from_db()
    assert (task.taken_by, task.done_at is not None) == (animator.user, True)
    assert browser.as_user(me.user).get(address).status_code == 403


def waits(network: Network, me: Membership, **fields: object) -> NeedTask:
    """A need of nine days, on the desk."""
    need = make_need(me.user, network, **fields)
    dispatch_all()
    move_clock(9)
    ring_tasks()
    dispatch_all()
    return NeedTask.objects.get(need=need)


def test_who_animates_writes_to_who_asked_in_one_conversation(
    browser: Browser, network: Network, me: Membership
) -> None:
    animator, other = make_animator(network), make_animator(network)
    task = waits(network, me, title="Un potiron", details="Citrouille")
    page = reverse("mentoring:need-task-write", args=[network.slug, task.pk])
    html = browser.as_user(animator.user).get(page).content.decode()
    assert ("depuis 9 jours" in html, "potiron" in html, "Citrouille" in html) == (True, False, False)
    assert browser.post(page, {"token": uuid4(), "body": ""}).status_code == 422
    sent = {"token": uuid4(), "body": "Bonjour, j’ai une idée."}
    assert [browser.post(page, sent).status_code for _twice in range(2)] == [303, 303]
    task.refresh_from_db()
    assert task.topic is not None
    assert (task.taken_by, task.written_by, task.topic.post_count) == (animator.user, animator.user, 1)
    assert task.circle is not None
    assert (task.circle.kind, task.circle.is_confidential, task.circle.name) == ("conversation", True, "")
    # Another animator goes on in the same one, which they could not read before.
    assert browser.as_user(other.user).get(task.topic.get_absolute_url()).status_code == 404
    assert browser.post(page, {"token": uuid4(), "body": "J’en ai une autre."}).status_code == 303
    dispatch_all()
    dispatch_all()
    task.refresh_from_db()
    assert set(task.circle.members.all()) == {me.user, animator.user, other.user}
    assert (task.topic.posts.count(), task.taken_by) == (2, animator.user)
    told = Notification.objects.filter(recipient=me.user).values_list("kind", flat=True)
    assert sorted(told) == ["forums.reply", "mentoring.asker_written_to"]
    # Who asked reads who writes, and why.
    browser.as_user(me.user)
    pages = [task.need.get_absolute_url(), reverse("notifications:list")]
    for html in (browser.get(one).content.decode() for one in pages):
        assert "votre besoin attend depuis 9 jours" in html.lower()
    conversation = browser.get(task.topic.get_absolute_url(), follow=True).content.decode()
    said = (
        f'href="{pages[0]}"',
        animator.user.full_name,
        "Votre besoin attend depuis 9 jours",
        "peut prendre la suite",
    )
    assert [words in conversation for words in said] == [True] * 4
    desk = reverse("mentoring:need-tasks", args=[network.slug])
    assert origins_of_words_of_animators(other.user, [task.topic_id or 0])[task.topic.pk].url == desk
    # What they say to each other from now on is told, as in every conversation.
    browser.post(reverse("forums:post-create", args=[task.topic.pk]), {"token": uuid4(), "body": "Merci !"})
    dispatch_all()
    heard = Notification.objects.filter(kind="forums.reply").exclude(recipient=me.user)
    assert set(heard.values_list("recipient", flat=True)) == {animator.user_id, other.user_id}
    close_need(author=me.user, need=task.need, closing="helped")
    dispatch_all()
    assert task.topic.get_absolute_url() in browser.as_user(other.user).get(desk).content.decode()


def test_it_is_no_general_mail(network: Network, me: Membership) -> None:
    animator, stranger = make_animator(network), make_animator(make_network())
    task, own = waits(network, me), waits(network, animator)
    young = make_need(me.user, network)
    dispatch_all()

    def write(user: User, task: NeedTask) -> NeedTask:
        return write_to_asker(animator=user, network=network, pk=task.pk, body="Bonjour", token=uuid4())

    for user in (me.user, stranger.user):
        with pytest.raises(Refused, match="réservée à l’animation"):
            write(user, task)
    # Not yet on the desk; a need of one's own; whoever keeps the animator away, in words that tell nothing.
    KeptApart.objects.create(user=me.user, other=(apart := make_animator(network)).user)
    for user, which in ((animator.user, young.task), (animator.user, own), (apart.user, task)):
        with pytest.raises(DomainError):
            write(user, which)
    assert [one.author for one in waiting_needs(apart.user, network)] == [animator.user]
    finish_task(animator=animator.user, network=network, pk=task.pk)
    with pytest.raises(DomainError, match="n’attend plus rien"):
        write(animator.user, task)


def test_a_need_that_all_may_read_is_named_on_the_desk(browser: Browser, network: Network, me: Membership) -> None:
    need = waits(network, me, audience=NeedAudience.NETWORK, title="Un potiron").need
    html = browser.as_user(make_animator(network).user).get(reverse("mentoring:need-tasks", args=[network.slug]))
    assert f'<a href="{need.get_absolute_url()}">Un potiron</a>' in html.content.decode()
