"""Thank you, useful, I tried it: counts, proof, who sees whom."""

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from forums.enums import ReactionKind
from forums.handlers import on_post_thanked, on_post_tried
from forums.models import Post, Reaction, Topic
from forums.services.editing import remove_post, restore_post
from forums.services.reactions import find_reaction_drifts, react, repair_reactions, take_back
from peerhub.notifications.models import Delivery, Notification
from peerhub.notifications.queries import lines_for
from peerhub.outbox.testing import dispatch_all
from peerhub.people.errors import DomainError, Refused
from peerhub.people.models import Membership
from tests.builders import make_animator, make_member, make_network, make_territory, make_user
from tests.conftest import Browser
from tests.forums.builders import make_confidential_forum, make_forum, make_post, make_public_forum, make_topic

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def counts(post: Post) -> tuple[int, int, int]:
    post = Post.objects.get(pk=post.pk)
    return post.thanks_count, post.useful_count, post.tried_count


@pytest.fixture
def answer(topic: Topic) -> Post:
    helper = make_member(topic.network, category="agent")
    return make_post(topic, helper.user)


# --- The service --------------------------------------------------------------------------------------------------


def test_each_kind_counts_once_and_is_taken_back_once(topic: Topic, answer: Post) -> None:
    for _twice in range(2):
        react(user=topic.author, post=answer, kind=ReactionKind.THANKS)
        react(user=topic.author, post=answer, kind=ReactionKind.USEFUL)
    assert counts(answer) == (1, 1, 0)
    for _twice in range(2):
        take_back(user=topic.author, post=answer, kind=ReactionKind.THANKS)
    assert counts(answer) == (0, 1, 0)


def test_a_trial_told_again_replaces_what_was_told(topic: Topic, answer: Post) -> None:
    place = make_territory("Saint-X", population=7130)
    react(user=topic.author, post=answer, kind=ReactionKind.TRIED, note="En cours")
    react(user=topic.author, post=answer, kind=ReactionKind.TRIED, note="  Deux cantines\nsur trois ", territory=place)
    trial = Reaction.objects.get()
    assert (trial.note, trial.territory, counts(answer)) == ("Deux cantines sur trois", place, (0, 0, 1))


def test_thanks_tell_nothing_else(topic: Topic, answer: Post) -> None:
    react(user=topic.author, post=answer, kind=ReactionKind.THANKS, note="x", territory=make_territory())
    assert (Reaction.objects.get().note, Reaction.objects.get().territory) == ("", None)


def test_a_result_too_long_is_refused_with_a_sentence(topic: Topic, answer: Post) -> None:
    with pytest.raises(DomainError, match="trop long"):
        react(user=topic.author, post=answer, kind=ReactionKind.TRIED, note="x" * 301)
    assert counts(answer) == (0, 0, 0)


@pytest.mark.parametrize("who", ["author", "outsider", "removed"])
def test_who_may_not_react(who: str, topic: Topic, answer: Post) -> None:
    user = {"author": answer.author, "outsider": make_user(), "removed": topic.author}[who]
    if who == "removed":
        remove_post(actor=answer.author, post=answer)
    with pytest.raises(Refused):
        react(user=user, post=answer, kind=ReactionKind.THANKS)
    assert Reaction.objects.count() == 0


@pytest.mark.parametrize(("kind", "is_offered"), [("question", False), ("announcement", False), ("discussion", True)])
def test_a_question_is_not_tried(kind: str, is_offered: bool, member: Membership) -> None:
    author, reader = make_animator(member.network).user, member.user
    topic = make_topic(make_forum(member.network), author, kind=kind)
    opening = Post.objects.get(topic=topic)
    page = Browser().as_user(reader).get(topic.get_absolute_url()).content.decode()
    assert (f"/messages/{opening.pk}/essayer/" in page) is is_offered
    if is_offered:
        react(user=reader, post=opening, kind=ReactionKind.TRIED)
    else:
        with pytest.raises(Refused):
            react(user=reader, post=opening, kind=ReactionKind.TRIED)
    assert counts(opening) == (0, 0, int(is_offered))


def test_reactions_hide_with_a_removed_post_and_come_back(topic: Topic, answer: Post) -> None:
    react(user=topic.author, post=answer, kind=ReactionKind.TRIED, note="Réussi")
    remove_post(actor=answer.author, post=answer)
    browser = Browser().as_user(topic.author)
    page = browser.get(topic.get_absolute_url()).content.decode()
    assert ("Réussi" in page, "Message retiré par la personne qui l’avait écrit." in page) == (False, True)
    assert browser.get(f"/messages/{answer.pk}/essais/").status_code == 404
    restore_post(actor=answer.author, post=answer)
    assert "Réussi" in browser.get(topic.get_absolute_url()).content.decode()
    assert counts(answer) == (0, 0, 1)


def test_wrong_counts_are_found_and_repaired(topic: Topic, answer: Post, capsys: pytest.CaptureFixture[str]) -> None:
    react(user=topic.author, post=answer, kind=ReactionKind.THANKS)
    Post.objects.filter(pk=answer.pk).update(thanks_count=7, tried_count=2)
    (drift,) = find_reaction_drifts()
    assert (drift.post_id, drift.was, drift.truth) == (answer.pk, (7, 0, 2), (1, 0, 0))
    call_command("repair_forums", "--write")
    assert capsys.readouterr().out == f"post {answer.pk}: reactions\n1 wrong, 1 repaired.\n"
    assert (counts(answer), list(find_reaction_drifts())) == ((1, 0, 0), [])
    assert repair_reactions(drift) is False


# --- The pages ----------------------------------------------------------------------------------------------------


def test_a_press_toggles_and_says_so(browser: Browser, topic: Topic, answer: Post) -> None:
    browser.as_user(topic.author)
    address = f"/messages/{answer.pk}/reagir/"
    told = browser.post(address, {"thanks": "1"})
    assert (told.status_code, told.headers["Location"]) == (303, f"{topic.get_absolute_url()}#message-2")
    page = browser.get(topic.get_absolute_url()).content.decode()
    assert 'name="thanks" value="0" aria-pressed="true"' in page
    assert 'name="useful" value="1" aria-pressed="false"' in page
    bar = browser.post(address, {"thanks": "0"}, headers=HTMX).content.decode()
    assert bar.startswith(f'<reaction-bar class="reactions" data-post="/messages/{answer.pk}/">')
    assert 'name="thanks" value="1" aria-pressed="false"' in bar
    assert counts(answer) == (0, 0, 0)


@pytest.mark.parametrize("sent", [{}, {"tried": "1"}, {"thanks": "2"}, {"thanks": "1", "useful": "1"}])
def test_a_press_that_means_nothing_is_not_found(
    sent: dict[str, str], browser: Browser, topic: Topic, answer: Post
) -> None:
    assert browser.as_user(topic.author).post(f"/messages/{answer.pk}/reagir/", sent).status_code == 404
    assert Reaction.objects.count() == 0


def test_the_author_sees_numbers_and_no_button(browser: Browser, topic: Topic, answer: Post) -> None:
    react(user=topic.author, post=answer, kind=ReactionKind.THANKS)
    page = browser.as_user(answer.author).get(topic.get_absolute_url()).content.decode()
    post = page.partition('id="message-2"')[2].partition("</article>")[0]
    assert f'<a class="reaction reaction--shown" data-of="thanks" href="/messages/{answer.pk}/reactions/">' in post
    assert 'name="thanks"' not in post


def test_a_trial_is_told_in_a_form_and_stands_under_the_answer(browser: Browser, topic: Topic, answer: Post) -> None:
    make_territory("Saint-X", population=7130)
    browser.as_user(topic.author)
    address = f"/messages/{answer.pk}/essayer/"
    wrong = browser.post(address, {"note": "Réussi", "territory": "Nulle part"})
    assert wrong.status_code == 422
    assert "Nous ne trouvons pas « Nulle part »" in wrong.content.decode()
    sent = browser.post(address, {"note": "Deux cantines sur trois", "territory": "Saint-X"})
    assert sent.status_code == 303
    page = browser.get(topic.get_absolute_url()).content.decode()
    proof = page.partition('class="proof"')[2].partition("data-live-keep><reaction-bar")[0]
    assert "Essayé par 1 pair" in proof
    assert f'{topic.author.full_name} <span class="hat c-elected">Élu·e</span>' in proof
    assert "Saint-X (7\u202f100 habitants)" in proof
    assert '<q class="proof__note">Deux cantines sur trois</q>' in proof
    assert 'value="Deux cantines sur trois"' in browser.get(address).content.decode()
    browser.post(address, {"withdraw": "1"})
    assert counts(answer) == (0, 0, 0)


def test_a_trial_needs_no_line(browser: Browser, topic: Topic, answer: Post) -> None:
    assert browser.as_user(topic.author).post(f"/messages/{answer.pk}/essayer/", {}).status_code == 303
    assert counts(answer) == (0, 0, 1)


def test_three_trials_are_shown_those_that_tell_first_and_all_are_a_page_away(topic: Topic, answer: Post) -> None:
    notes = ["", "Premier", "", "Second", "Troisième"]
    people = [make_member(topic.network) for _note in notes]
    for person, note in zip(people, notes, strict=True):
        react(user=person.user, post=answer, kind=ReactionKind.TRIED, note=note)
    browser = Browser().as_user(topic.author)
    page = browser.get(topic.get_absolute_url()).content.decode()
    shown = [piece.partition("</q>")[0] for piece in page.split('<q class="proof__note">')[1:]]
    assert shown == ["Troisième", "Second", "Premier"]
    assert "Essayé par 5 pairs" in page
    whole = browser.get(f"/messages/{answer.pk}/essais/").content.decode()
    assert [person.user.full_name in whole for person in people] == [True] * 5


@pytest.mark.parametrize("count", [1, 3, 20])
def test_the_marks_of_a_page_are_one_query_and_the_proofs_one_more(
    count: int, browser: Browser, topic: Topic, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    helper, reader = make_member(topic.network), make_member(topic.network)
    posts = [make_post(topic, helper.user, f"Réponse {number}") for number in range(count)]
    browser.as_user(reader.user)
    browser.get(topic.get_absolute_url())
    with django_assert_num_queries(5):
        browser.get(topic.get_absolute_url())
    for post in posts:
        for kind in ReactionKind:
            react(user=reader.user, post=post, kind=kind)
    with django_assert_num_queries(6):
        browser.get(topic.get_absolute_url())


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("page", "kind"), [("essais", ReactionKind.TRIED), ("reactions", ReactionKind.THANKS)])
def test_who_reacted_is_a_fixed_number_of_queries(
    count: int,
    page: str,
    kind: ReactionKind,
    browser: Browser,
    topic: Topic,
    answer: Post,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    people = [make_member(topic.network) for _number in range(count)]
    for person in people:
        react(user=person.user, post=answer, kind=kind)
    browser.as_user(topic.author)
    browser.get(f"/messages/{answer.pk}/{page}/")
    with django_assert_num_queries(5):
        text = browser.get(f"/messages/{answer.pk}/{page}/").content.decode()
    assert [person.user.full_name in text for person in people] == [True] * count


def test_who_reacted_is_told_to_nobody_outside(client: Client) -> None:
    network = make_network()
    insider, helper, gone = (make_member(network) for _number in range(3))
    forum = make_confidential_forum(network, [insider.user, helper.user, gone.user])
    post = make_post(make_topic(forum, insider.user), helper.user)
    react(user=gone.user, post=post, kind=ReactionKind.TRIED, note="CANARI")
    outsider = Browser().as_user(make_member(network).user)
    pages = [f"/messages/{post.pk}/{page}/" for page in ("essais", "reactions", "essayer", "historique", "signet")]
    assert [outsider.get(page).status_code for page in pages] == [404] * 5
    assert [outsider.post(f"/messages/{post.pk}/reagir/", {"thanks": "1"}).status_code, counts(post)] == [
        404,
        (0, 0, 1),
    ]
    assert [client.get(page).status_code for page in pages] == [302] * 5


def test_a_visitor_reads_the_proof_of_a_public_answer(client: Client, member: Membership) -> None:
    topic = make_topic(make_public_forum(member.network), member.user)
    helper, tester = make_member(member.network), make_member(member.network)
    post = make_post(topic, helper.user)
    react(user=tester.user, post=post, kind=ReactionKind.TRIED, note="Réussi")
    page = client.get(topic.get_absolute_url()).content.decode()
    assert '<q class="proof__note">Réussi</q>' in page
    assert 'name="thanks"' not in page
    assert client.get(f"/messages/{post.pk}/essais/").status_code == 200


# --- Who is told --------------------------------------------------------------------------------------------------


def test_the_author_is_told_of_a_trial_once(topic: Topic, answer: Post) -> None:
    react(user=topic.author, post=answer, kind=ReactionKind.TRIED, note="Réussi")
    dispatch_all()
    (notification,) = Notification.objects.filter(kind="forums.tried")
    on_post_tried(type("Event", (), {"reaction_id": notification.target_id})())
    assert Notification.objects.filter(kind="forums.tried").count() == 1
    assert notification.recipient == answer.author
    (line,) = lines_for(answer.author, [notification])
    assert line.subject.context["author"] == topic.author.full_name
    assert line.subject.context["excerpt"] == "Réussi"
    take_back(user=topic.author, post=answer, kind=ReactionKind.TRIED)
    assert lines_for(answer.author, [notification]) == []


def test_thanks_are_told_once_a_day_for_a_post_and_by_no_mail(topic: Topic, answer: Post) -> None:
    others = [make_member(topic.network) for _number in range(2)]
    react(user=topic.author, post=answer, kind=ReactionKind.THANKS)
    react(user=topic.author, post=answer, kind=ReactionKind.USEFUL)
    for other in others:
        react(user=other.user, post=answer, kind=ReactionKind.USEFUL)
    dispatch_all()
    on_post_thanked(type("Event", (), {"reaction_id": Reaction.objects.order_by("pk")[0].pk})())
    (notification,) = Notification.objects.filter(kind="forums.thanked")
    assert Delivery.objects.filter(notification=notification).count() == 0
    (line,) = lines_for(answer.author, [notification])
    assert (line.subject.context["author"], line.subject.context["others"]) == (topic.author.full_name, 2)
    Reaction.objects.all().delete()
    assert lines_for(answer.author, [notification]) == []


def test_a_confidential_trial_says_nothing_of_itself() -> None:
    network = make_network()
    asker, helper = make_member(network), make_member(network)
    topic = make_topic(make_confidential_forum(network, [asker.user, helper.user]), asker.user, title="CANARI titre")
    post = make_post(topic, helper.user)
    react(user=asker.user, post=post, kind=ReactionKind.TRIED, note="CANARI")
    react(user=asker.user, post=post, kind=ReactionKind.THANKS)
    dispatch_all()
    told = Notification.objects.filter(recipient=helper.user, kind__in=["forums.tried", "forums.thanked"])
    assert [line.subject.context for line in lines_for(helper.user, list(told))] == [{"is_confidential": True}] * 2


def test_nobody_thanks_in_an_open_forum_of_another_network(member: Membership) -> None:
    topic = make_topic(make_public_forum(member.network), member.user)
    stranger = make_member(make_network())
    with pytest.raises(Refused):
        react(user=stranger.user, post=Post.objects.get(topic=topic), kind=ReactionKind.THANKS)
