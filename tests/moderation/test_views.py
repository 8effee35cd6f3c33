"""The pages: what they show, to whom, at what cost; each journey without JavaScript."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from peerhub.moderation.enums import CaseState, Decision, NewcomerPolicy, Sanction
from peerhub.moderation.models import CannedAnswer, Case, DutyTurn, NetworkRules, TrailEntry
from peerhub.moderation.services.appeals import appeal
from peerhub.moderation.services.cases import claim
from peerhub.moderation.services.conversation import write_to_author
from peerhub.moderation.services.trail import record
from peerhub.moderation.targets import Standing
from peerhub.moderation.views.reports import REPORTS_PER_HOUR
from peerhub.people.enums import MembershipStatus
from peerhub.people.services.memberships import end_membership
from tests.builders import make_animator, make_member, make_network
from tests.conftest import Browser
from tests.moderation.builders import Stage
from tests.moderation.notes import KEY, make_note
from tests.pages import html

pytestmark = pytest.mark.django_db

WORDS = "zqmotsduzq signalement"


def queue_url(stage: Stage) -> str:
    return reverse("moderation:queue", args=[stage.network.slug])


def decide_fields(**changes: str) -> dict[str, str]:
    return {"decision": "hide", "sanction": "none", "until": "", "answer": "", "reason": "Pas ici.", **changes}


# --- Reporting ---------------------------------------------------------------------------------------------------


def test_report_is_sent_and_leads_back(browser: Browser, stage: Stage) -> None:
    note = stage.note()
    url = reverse("moderation:report", args=[KEY, note.pk])
    browser.as_user(stage.reader.user)
    assert "Une note." in html(browser.get(url))
    assert browser.post(url, {"words": WORDS}).status_code == 422
    for wanted, leads in (("/notifications/", "/notifications/"), ("https://ailleurs.example/", f"/?note={note.pk}")):
        response = browser.post(url, {"reason": "charter", "words": WORDS, "next": wanted})
        assert (response.status_code, response.headers["Location"]) == (303, leads)
    case = Case.objects.get()
    assert (case.report_count, case.reports.get().words) == (1, WORDS)


def test_reports_are_limited(browser: Browser, stage: Stage) -> None:
    browser.as_user(stage.reader.user)
    statuses = [
        browser.post(reverse("moderation:report", args=[KEY, stage.note().pk]), {"reason": "other"}).status_code
        for _number in range(REPORTS_PER_HOUR + 1)
    ]
    assert statuses == [303] * REPORTS_PER_HOUR + [429]


def test_report_that_no_animator_can_read_says_so(browser: Browser, stage: Stage) -> None:
    note = stage.note(circle=stage.confidential(stage.author.user, stage.reader.user))
    browser.as_user(stage.reader.user)
    response = browser.post(reverse("moderation:report", args=[KEY, note.pk]), {"reason": "charter"}, follow=True)
    assert "Personne dans l’animation ne peut lire cet espace" in html(response)
    own = html(browser.get(reverse("moderation:own-case", args=[Case.objects.get().pk])))
    assert "Personne dans l’animation ne peut lire cet espace" in own


def test_own_thing_and_what_is_gone_are_not_reported(browser: Browser, stage: Stage) -> None:
    note, gone = stage.note(), stage.note()
    gone.standing = Standing.REMOVED
    browser.as_user(stage.author.user)
    for one, status in ((note, 403), (gone, 403)):
        assert browser.post(reverse("moderation:report", args=[KEY, one.pk]), {"reason": "other"}).status_code == status
    browser.as_user(stage.reader.user)
    for key, pk in ((KEY, gone.pk), (KEY, 10**9), ("tests.unknown", note.pk)):
        assert browser.get(reverse("moderation:report", args=[key, pk])).status_code == 404


# --- The queue ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_queue_costs_the_same_for_one_and_three(
    count: int, browser: Browser, stage: Stage, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(count):
        stage.reported()
    browser.as_user(stage.animator.user).get(queue_url(stage))
    with django_assert_num_queries(10):
        response = browser.get(queue_url(stage))
    assert len(response.context["queue"].lines) == count


def test_queue_filters(browser: Browser, stage: Stage) -> None:
    old, held, mine, decided = stage.reported(), stage.held(), stage.reported(), stage.decided()
    Case.objects.filter(pk=old.pk).update(opened_at=timezone.now() - timedelta(days=8))
    claim(moderator=stage.animator.user, case=mine)
    browser.as_user(stage.animator.user)
    for query, expected in (
        ("", [old, held, mine]),
        ("?etat=mine", [mine]),
        ("?etat=decided", [decided]),
        ("?motif=newcomer", [held]),
        ("?motif=charter", [old, mine]),
        ("?depuis=7", [old]),
        (f"?quoi={KEY}", [old, held, mine]),
        ("?quoi=inconnu&motif=inconnu&etat=inconnu", [old, held, mine]),
    ):
        found = browser.get(queue_url(stage) + query).context["queue"].lines
        assert [line.case for line in found] == expected, query


def test_case_of_a_closed_circle_is_only_counted(browser: Browser, stage: Stage) -> None:
    circle = stage.confidential(stage.author.user, stage.reader.user, stage.other.user)
    case = stage.reported(stage.note("zqcontenuzq", circle=circle), words=WORDS)
    page = browser.as_user(stage.animator.user).get(queue_url(stage))
    assert (page.context["queue"].sealed, page.context["queue"].lines) == (1, [])
    assert "zq" not in html(page)
    assert "1 dossier attend dans un espace" in html(page)
    assert browser.get(reverse("moderation:case", args=[case.pk])).status_code == 404
    inside = browser.as_user(stage.other.user).get(reverse("moderation:case", args=[case.pk]))
    assert (WORDS in html(inside), "zqcontenuzq" in html(inside)) == (True, True)


def test_animator_never_reads_a_case_about_the_own_text(browser: Browser, stage: Stage) -> None:
    case = stage.reported(make_note(stage.circle, stage.animator.user), words=WORDS)
    browser.as_user(stage.animator.user)
    page = browser.get(queue_url(stage))
    assert (page.context["queue"].lines, page.context["queue"].sealed) == ([], 0)
    assert browser.get(reverse("moderation:case", args=[case.pk])).status_code == 404
    assert browser.post(reverse("moderation:case-decide", args=[case.pk]), decide_fields()).status_code == 404


# --- A case ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_case_costs_the_same_for_one_and_three(
    count: int, browser: Browser, stage: Stage, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    note = stage.note()
    for _number in range(count):
        stage.decided()
        case = stage.reported(note, by=make_member(stage.network).user)
        write_to_author(moderator=stage.animator.user, case=case, body="Bonjour")
    url = reverse("moderation:case", args=[case.pk])
    browser.as_user(stage.animator.user).get(url)
    with django_assert_num_queries(15):
        page = browser.get(url).context["page"]
    assert (len(page.reports), len(page.messages), len(page.history)) == (count, count, count)


def test_case_is_claimed_written_about_and_decided(browser: Browser, stage: Stage) -> None:
    note = stage.note()
    case = stage.reported(note)
    url = reverse("moderation:case", args=[case.pk])
    browser.as_user(stage.animator.user)
    assert browser.post(reverse("moderation:case-claim", args=[case.pk])).status_code == 303
    assert "Vous vous en occupez" in html(browser.get(url))
    other = Browser().as_user(stage.other.user)
    assert "s’en occupe jusqu’à" in html(other.get(url))
    assert other.post(reverse("moderation:case-claim", args=[case.pk])).status_code == 403
    assert browser.post(reverse("moderation:case-write", args=[case.pk]), {"body": ""}).status_code == 422
    assert browser.post(reverse("moderation:case-write", args=[case.pk]), {"body": "Bonjour"}).status_code == 303
    decide = reverse("moderation:case-decide", args=[case.pk])
    refused = other.post(decide, decide_fields(reason="Trop vite"))
    assert (refused.status_code, "Trop vite" in html(refused)) == (403, False)
    assert browser.post(decide, decide_fields()).status_code == 303
    case.refresh_from_db()
    assert (case.state, case.reason, note.standing) == (CaseState.DECIDED, "Pas ici.", Standing.HIDDEN)
    assert "La décision" in html(browser.get(url))
    assert browser.post(decide, decide_fields()).status_code == 403


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": ""},
        {"decision": "publish"},
        {"sanction": "silence"},
        {"sanction": "suspend", "until": "2001-01-01"},
        {"sanction": "suspend", "until": "9999-12-31"},
        {"answer": "99"},
    ],
)
def test_decision_that_says_too_little_comes_back(changes: dict[str, str], browser: Browser, stage: Stage) -> None:
    case = stage.reported()
    browser.as_user(stage.animator.user)
    response = browser.post(reverse("moderation:case-decide", args=[case.pk]), decide_fields(**changes))
    case.refresh_from_db()
    assert (response.status_code, case.state) == (422, CaseState.OPEN)


def test_prepared_answer_comes_first_in_the_language_of_the_person(browser: Browser, stage: Stage) -> None:
    stage.author.user.language = "en"
    stage.author.user.save()
    case = stage.reported()
    CannedAnswer.objects.create(network=stage.network, title="Charte", text_fr="En français", text_en="In English")
    browser.as_user(stage.animator.user)
    paris = ZoneInfo("Europe/Paris")
    day = timezone.localdate(timezone=paris) + timedelta(days=4)
    fields = decide_fields(answer="1", reason="Merci.", sanction="silence", until=day.isoformat())
    assert browser.post(reverse("moderation:case-decide", args=[case.pk]), fields).status_code == 303
    case.refresh_from_db()
    stage.author.refresh_from_db()
    assert case.reason == "In English\n\nMerci."
    # The last day is included.
    assert case.sanction_until == datetime.combine(day, time(23, 59), tzinfo=paris)
    assert stage.author.silenced_until == case.sanction_until


def test_proposed_answers_serve_until_the_network_has_its_own(browser: Browser, stage: Stage) -> None:
    case = stage.reported()
    browser.as_user(stage.animator.user)
    fields = decide_fields(answer="1", reason="")
    assert browser.post(reverse("moderation:case-decide", args=[case.pk]), fields).status_code == 303
    case.refresh_from_db()
    assert case.reason.startswith("Votre message s’en prend à une personne.")


# --- What the person reads ---------------------------------------------------------------------------------------


def test_author_reads_decides_to_appeal_and_another_animator_answers(browser: Browser, stage: Stage) -> None:
    case = stage.decided(decision=Decision.REMOVE, sanction=Sanction.SUSPEND, days=4)
    own = reverse("moderation:own-case", args=[case.pk])
    browser.as_user(stage.author.user)
    page = html(browser.get(own))
    assert ("Ce n’est pas l’endroit." in page, "Suspension du réseau" in page, "Une note." in page) == (True,) * 3
    # Neither who decided nor who reported.
    assert (stage.animator.user.full_name in page, stage.reader.user.full_name in page) == (False, False)
    ask = reverse("moderation:own-appeal", args=[case.pk])
    assert browser.post(ask, {"appeal-body": ""}).status_code == 422
    assert browser.post(ask, {"appeal-body": "Relisez."}).status_code == 303
    assert browser.post(ask, {"appeal-body": "Encore."}).status_code == 403
    assert "Une autre personne de l’animation va relire" in html(browser.get(own))
    answer = reverse("moderation:appeal-decide", args=[case.pk])
    fields = {"outcome": "overturned", "reason": "Nous avions mal lu."}
    assert Browser().as_user(stage.animator.user).post(answer, fields).status_code == 403
    judge = Browser().as_user(stage.other.user)
    assert judge.post(answer, {"outcome": "overturned"}).status_code == 422
    assert judge.post(answer, fields).status_code == 303
    assert "Nous avions mal lu." in html(browser.get(own))
    stage.author.refresh_from_db()
    assert stage.author.status == "active"


def test_appeal_without_anybody_else_says_that_it_waits(browser: Browser, stage: Stage) -> None:
    case = stage.decided()
    end_membership(membership=stage.other, status=MembershipStatus.LEFT)
    appeal(author=stage.author.user, case=case, words="Relisez.")
    page = browser.as_user(stage.author.user).get(reverse("moderation:own-case", args=[case.pk]))
    assert "Il n’y a pas, pour l’instant, d’autre personne dans l’animation" in html(page)


def test_author_answers_the_animators(browser: Browser, stage: Stage) -> None:
    case = stage.reported()
    own, answer = (reverse(f"moderation:{name}", args=[case.pk]) for name in ("own-case", "own-write"))
    browser.as_user(stage.author.user)
    assert (browser.get(own).status_code, browser.post(answer, {"body": "Quoi ?"}).status_code) == (404, 404)
    write_to_author(moderator=stage.animator.user, case=case, body="Que vouliez-vous dire ?")
    assert "L’animation du réseau" in html(browser.get(own))
    assert browser.post(answer, {"body": " "}).status_code == 422
    assert browser.post(answer, {"body": "Une citation."}).status_code == 303
    assert case.messages.count() == 2
    other = Browser().as_user(stage.other.user)
    assert "Une citation." in html(other.get(reverse("moderation:case", args=[case.pk])))


def test_reporter_learns_what_became_of_the_content_and_no_more(browser: Browser, stage: Stage) -> None:
    case = stage.reported(words=WORDS)
    write_to_author(moderator=stage.animator.user, case=case, body="zqentrenouszq")
    stage.decided(case, Decision.HIDE, Sanction.SILENCE, days=2)
    page = html(browser.as_user(stage.reader.user).get(reverse("moderation:own-case", args=[case.pk])))
    assert (WORDS in page, "Masqué" in page) == (True, True)
    absent = (
        "zqentrenouszq",
        "Écriture suspendue",
        "Ce n’est pas l’endroit.",
        stage.author.user.full_name,
        "Une note.",
    )
    assert [words for words in absent if words in page] == []
    for name in ("own-write", "own-appeal"):
        fields = {"body": "Et moi ?", "appeal-body": "Et moi ?"}
        assert browser.post(reverse(f"moderation:{name}", args=[case.pk]), fields).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_own_list_costs_the_same_for_one_and_three(
    count: int, browser: Browser, stage: Stage, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(count):
        stage.decided()
    browser.as_user(stage.author.user).get(reverse("moderation:own-list"))
    with django_assert_num_queries(7):
        page = browser.get(reverse("moderation:own-list"))
    assert (len(page.context["own"].lines), len(page.context["own"].entries)) == (count, count)


def test_own_list_says_until_when_one_is_silenced(browser: Browser, stage: Stage) -> None:
    stage.decided(sanction=Sanction.SILENCE, days=3)
    page = html(browser.as_user(stage.author.user).get(reverse("moderation:own-list")))
    assert f"Vous lisez le réseau «\u00a0{stage.network.name}\u00a0» sans pouvoir y écrire" in page


# --- What animators set ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_journal_costs_the_same_for_one_and_three(
    count: int, browser: Browser, stage: Stage, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(count):
        stage.reported()
    url = reverse("moderation:journal", args=[stage.network.slug])
    browser.as_user(stage.animator.user).get(url)
    with django_assert_num_queries(5):
        page = browser.get(url).context["page"]
    assert len(page.items) == count


def test_journal_goes_on_page_after_page(browser: Browser, stage: Stage) -> None:
    made = [record(network_id=stage.network.pk, actor=None, verb="tests.happened").pk for _number in range(31)]
    url = reverse("moderation:journal", args=[stage.network.slug])
    first = browser.as_user(stage.animator.user).get(url).context["page"]
    second = browser.get(f"{url}?before={first.older}").context["page"]
    assert [line.entry.pk for line in [*first.items, *second.items]] == made[::-1]
    assert second.older is None


def test_rules_are_folded_and_stand_in_the_trail(browser: Browser, stage: Stage) -> None:
    url = reverse("moderation:rules", args=[stage.network.slug])
    browser.as_user(stage.animator.user)
    assert browser.get(url).status_code == 200
    fields = {
        "newcomer_policy": "held",
        "newcomer_posts": "2",
        "newcomer_per_day": "3",
        "per_hour": "",
        "held_words": "Gagner de l’argent\n\n gagner de l'argent \nÉvasion",
        "refused_words": "",
        "held_domains": "https://WWW.Exemple.fr/page\nexemple.fr",
        "refused_domains": "mauvais.example",
    }
    assert browser.post(url, {**fields, "newcomer_posts": "0"}).status_code == 422
    assert browser.post(url, fields).status_code == 303
    rules = NetworkRules.objects.get(network=stage.network)
    assert (rules.newcomer_policy, rules.newcomer_posts, rules.per_hour) == (NewcomerPolicy.HELD, 2, None)
    assert (rules.held_words, rules.held_domains, rules.refused_domains) == (
        ["gagner de l argent", "evasion"],
        ["exemple.fr"],
        ["mauvais.example"],
    )
    assert TrailEntry.objects.get(verb="moderation.rules_changed").actor == stage.animator.user
    assert "gagner de l argent\nevasion" in html(browser.get(url))


@pytest.mark.parametrize("count", [1, 3])
def test_answers_cost_the_same_for_one_and_three(
    count: int, browser: Browser, stage: Stage, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        CannedAnswer.objects.create(network=stage.network, title=f"Réponse {number}", text_fr="Oui", text_en="Yes")
    url = reverse("moderation:answers", args=[stage.network.slug])
    browser.as_user(stage.animator.user).get(url)
    with django_assert_num_queries(4):
        assert len(browser.get(url).context["answers"]) == count


def test_answers_are_adopted_written_changed_and_deleted(browser: Browser, stage: Stage) -> None:
    slug = stage.network.slug
    browser.as_user(stage.animator.user)
    assert "PeerHub propose" in html(browser.get(reverse("moderation:answers", args=[slug])))
    for _twice in range(2):
        assert browser.post(reverse("moderation:answers-adopt", args=[slug])).status_code == 303
    assert CannedAnswer.objects.filter(network=stage.network).count() == 6
    create = reverse("moderation:answer-create", args=[slug])
    fields = {"title": "Publicité", "text_fr": "Non", "text_en": "No"}
    assert browser.post(create, fields).status_code == 409
    assert browser.post(create, {**fields, "title": ""}).status_code == 422
    assert browser.post(create, {**fields, "title": "Autre"}).status_code == 303
    answer = CannedAnswer.objects.get(network=stage.network, title="Autre")
    edit = reverse("moderation:answer-edit", args=[slug, answer.pk])
    assert "Non" in html(browser.get(edit))
    assert browser.post(edit, {**fields, "title": "Encore autre"}).status_code == 303
    answer.refresh_from_db()
    assert answer.title == "Encore autre"
    elsewhere = make_animator(make_network())
    stranger = Browser().as_user(elsewhere.user)
    foreign = reverse("moderation:answer-delete", args=[elsewhere.network.slug, answer.pk])
    assert stranger.post(foreign).status_code == 404
    assert browser.post(reverse("moderation:answer-delete", args=[slug, answer.pk])).status_code == 303
    assert not CannedAnswer.objects.filter(pk=answer.pk).exists()


@pytest.mark.parametrize("count", [1, 3])
def test_duty_costs_the_same_for_one_and_three(
    count: int, browser: Browser, stage: Stage, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    today = timezone.localdate()
    for _number in range(count):
        DutyTurn.objects.create(network=stage.network, user=stage.animator.user, starts_on=today, ends_on=today)
    url = reverse("moderation:duty", args=[stage.network.slug])
    browser.as_user(stage.animator.user).get(url)
    with django_assert_num_queries(7):
        assert len(browser.get(url).context["turns"]) == count


def test_duty_is_planned_and_cancelled(browser: Browser, stage: Stage) -> None:
    url = reverse("moderation:duty", args=[stage.network.slug])
    browser.as_user(stage.animator.user)
    assert "toute l’animation est prévenue" in html(browser.get(url))
    fields = {"user": stage.other.user_id, "starts_on": "2026-11-20", "ends_on": "2999-11-27"}
    assert browser.post(url, {**fields, "ends_on": "2026-11-19"}).status_code == 422
    assert browser.post(url, {**fields, "user": stage.author.user_id}).status_code == 422
    assert browser.post(url, fields).status_code == 303
    turn = DutyTurn.objects.get()
    assert (turn.user, turn.network) == (stage.other.user, stage.network)
    cancel = reverse("moderation:duty-cancel", args=[stage.network.slug, turn.pk])
    assert (browser.post(cancel).status_code, DutyTurn.objects.count()) == (303, 0)
    assert browser.post(cancel).status_code == 404


@pytest.mark.parametrize("name", ["queue", "journal", "rules", "duty", "answers", "answer-create", "answers-adopt"])
def test_pages_of_animators_are_for_animators(name: str, browser: Browser, stage: Stage) -> None:
    url = reverse(f"moderation:{name}", args=[stage.network.slug])
    statuses = []
    for user in (stage.reader.user, make_animator(make_network()).user):
        browser.as_user(user)
        statuses.append((browser.get(url).status_code, browser.post(url).status_code))
    method = 405 if name == "answers-adopt" else None
    posted = 405 if name in {"queue", "journal", "answers"} else None
    assert statuses == [(method or 403, posted or 403), (method or 404, posted or 404)]
