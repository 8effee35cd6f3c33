"""The journeys of brief.md, as people make them: on a phone in French; the central ones also without JavaScript and
by keyboard alone."""

import os
import re
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from forums.models import Topic
from mentoring.services.tree import load_competences
from peerhub.notifications.models import Notification
from peerhub.people.models import Membership, Network, User
from sessions.models import PeerSession, Registration, Reminder
from sessions.services.reminders import DAY_BEFORE
from tests.browser.conftest import PHONE, Visitors
from tests.browser.site import Site, work
from tests.builders import PASSWORD, make_animator, make_category, make_member, make_network, make_user
from tests.forums.builders import make_forum, make_post, make_topic
from tests.mentoring.builders import declare
from tests.sessions.builders import confidential_circle, make_registration, make_session

BOTH = pytest.mark.parametrize("with_script", [True, False], ids=["script", "no-script"])


@pytest.fixture
def network(site: Site) -> Network:
    return make_network(slug="catalyseurs", name="Catalyseurs")


def open_mail(page: Page, address: str) -> str:
    """The text of this person's newest mail, in the mail page."""
    page.goto(f"/courriels/?q={address}")
    page.locator("main .items a").first.click()
    return page.locator("pre.mail-text").inner_text()


def reach(page: Page, target: Locator) -> None:
    """By keyboard alone: the tabulator, until the focus is there."""
    for _step in range(80):
        page.keyboard.press("Tab")
        if target.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"the keyboard does not reach {target}")


def log_in(page: Page, user: User) -> None:
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()


@BOTH
def test_a_newcomer_signs_up_and_joins_a_network_with_a_hat(
    visit: Visitors, network: Network, with_script: bool
) -> None:
    make_category()
    page = visit.on_phone(java_script_enabled=with_script)
    page.goto("/")
    page.get_by_role("link", name="Créer mon compte").first.click()
    page.get_by_label("Prénom").fill("Inès")
    page.get_by_label("Nom", exact=True).fill("Da Silva")
    page.get_by_label("E-mail").fill("ines@example.org")
    page.get_by_label("Mot de passe", exact=True).fill("quatre mots pour Inès")
    page.get_by_role("button", name="Créer mon compte").click()
    mail = visit()
    text = open_mail(mail, "ines@example.org")
    found = re.search(r"^\s*([A-Z0-9-]{6,})\s*$", text, re.MULTILINE)
    assert found, text
    page.get_by_label("Code").fill(found[1])
    page.get_by_role("button", name="Valider").click()
    expect(page).to_have_url(re.compile(r"/reseaux/$"))
    page.get_by_role("link", name="Rejoindre", exact=False).first.click()
    page.get_by_text("Élu·e", exact=True).click()
    page.get_by_label("Votre fonction").fill("Adjointe aux mobilités")
    page.get_by_role("button", name="Rejoindre le réseau").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bonjour Inès.")
    membership = Membership.objects.get(user__email="ines@example.org", network=network)
    assert (membership.affiliation.category.slug, membership.affiliation.title) == ("elected", "Adjointe aux mobilités")


def at_two(days: int, zone: str = "Europe/Paris") -> datetime:
    there = ZoneInfo(zone)
    return datetime.combine(timezone.now().astimezone(there).date() + timedelta(days=days), time(14), tzinfo=there)


@pytest.fixture
def mayor(network: Network) -> User:
    """A deputy mayor of La Réunion."""
    user = make_user(given_name="Solange", time_zone="Indian/Reunion")
    return make_member(network, user, category="elected", title="Adjointe").user


@pytest.fixture
def session(network: Network, mayor: User) -> PeerSession:
    """In confidence, for elected officials, at 14:00 on her clock; two of its people have written to prepare it."""
    circle = confidential_circle(network)
    session = make_session(network, circle=circle, title="Dire non à un projet", starts_at=at_two(3, "Indian/Reunion"))
    for text in ("Apportez un cas vécu.", "Je commencerai."):
        other = make_member(network, category="elected").user
        make_registration(session, other)
        assert session.topic
        make_post(session.topic, other, text)
    return session


def in_french(text: str) -> str:
    return text.replace("\xa0", " ").replace("\u202f", " ")


def test_a_deputy_mayor_goes_from_the_reminder_to_her_seat(
    visit: Visitors, session: PeerSession, mayor: User, tmp_path: Path
) -> None:
    make_registration(session, mayor)
    work()
    due = Reminder.objects.filter(session=session, user=mayor, offset_minutes=DAY_BEFORE)
    assert due.update(due_at=timezone.now() - timedelta(seconds=1)) == 1
    work()
    page = visit.on_phone(timezone_id="Indian/Reunion")
    text = in_french(open_mail(page, mayor.email))
    assert "de 14 h à 16 h (heure de La Réunion)" in text
    assert "Dire non à un projet" not in text
    page.locator("pre.mail-text a[href*='/seances/']").click()
    log_in(page, mayor)
    expect(page.get_by_role("heading", level=1)).to_have_text("Dire non à un projet")
    expect(page.locator(".session-when__zone")).to_contain_text("heure de La Réunion")
    assert "de 14 h à 16 h" in in_french(page.locator(".session-when__span").inner_text())

    with page.expect_download() as download:
        page.get_by_role("link", name="Ajouter à mon agenda").tap()
    download.value.save_as(tmp_path / "session.ics")
    calendar = vobject.readOne((tmp_path / "session.ics").read_text())
    assert calendar.vevent.dtstart.value == session.starts_at

    page.get_by_role("link", name="Lire et répondre").tap()
    expect(page.locator("article.post .post__body")).to_have_text(["Apportez un cas vécu.", "Je commencerai."])
    page.get_by_label("Votre réponse").fill("J’en ai un.")
    page.get_by_role("button", name="Publier").tap()
    expect(page.locator("#message-3")).to_contain_text("J’en ai un.")

    page.goto(session.get_absolute_url())
    page.get_by_text("Me retirer", exact=True).tap()
    page.get_by_role("button", name="Oui, me retirer").tap()
    expect(page.get_by_role("button", name="M’inscrire")).to_be_visible()
    assert not Registration.objects.registered().filter(session=session, user=mayor).exists()


@BOTH
def test_a_member_takes_a_seat_and_gives_it_back(
    visit: Visitors, session: PeerSession, mayor: User, with_script: bool
) -> None:
    page = visit.on_phone(mayor, java_script_enabled=with_script)
    page.goto(reverse("sessions:session-list", args=["catalyseurs"]))
    page.get_by_role("link", name="Dire non à un projet").click()
    page.get_by_role("button", name="M’inscrire").click()
    expect(page.get_by_text("Vous êtes inscrit·e.", exact=True)).to_be_visible()
    page.get_by_text("Me retirer", exact=True).click()
    page.get_by_role("button", name="Oui, me retirer").click()
    expect(page.get_by_role("button", name="M’inscrire")).to_be_visible()
    assert [one.user_id for one in Registration.objects.registered().filter(user=mayor)] == []


def test_signing_in_replying_and_taking_a_seat_need_no_mouse(
    visit: Visitors, session: PeerSession, mayor: User
) -> None:
    page = visit()
    page.goto(session.get_absolute_url())
    reach(page, page.get_by_label("E-mail"))
    page.keyboard.type(mayor.email)
    reach(page, page.get_by_label("Mot de passe", exact=True))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dire non à un projet")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    reach(page, page.get_by_role("button", name="M’inscrire"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Vous êtes inscrit·e.", exact=True)).to_be_visible()
    reach(page, page.get_by_role("link", name="Lire et répondre"))
    page.keyboard.press("Enter")
    reach(page, page.get_by_label("Votre réponse"))
    page.keyboard.type("Sans souris")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#message-3")).to_contain_text("Sans souris")
    page.goto(session.get_absolute_url())
    reach(page, page.locator("summary", has_text="Me retirer"))
    page.keyboard.press("Enter")
    reach(page, page.get_by_role("button", name="Oui, me retirer"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="M’inscrire")).to_be_visible()


@pytest.fixture
def filmed(visit: Visitors, tmp_path: Path) -> Iterator[Callable[[User], Page]]:
    """A phone whose screen is recorded; the film stays in var/films when PEERHUB_FILMS is set."""
    pages: list[Page] = []

    def open_one(user: User) -> Page:
        films: dict[str, Any] = {"record_video_dir": str(tmp_path), "record_video_size": PHONE}
        options = films if os.environ.get("PEERHUB_FILMS") else {}
        pages.append(visit.on_phone(user, **options))
        return pages[-1]

    yield open_one
    for page in pages:
        if page.video:
            page.context.close()
            page.video.save_as(settings.VAR_DIR / "films" / "an-agent-with-a-question.webm")


def notified(user: User) -> list[str]:
    return list(Notification.objects.filter(recipient=user).order_by("pk").values_list("kind", flat=True))


def test_an_agent_asks_is_answered_live_and_keeps_the_answer(
    site: Site, visit: Visitors, filmed: Callable[[User], Page], network: Network
) -> None:
    """« An agent with a question », of brief.md, within two minutes."""
    load_competences()
    agent, peer = make_member(network).user, make_member(network, category="elected").user
    helper = make_member(network, make_user(given_name="Ève", family_name="Martin"), category="agent").user
    declare(helper, "projet-alimentaire-territorial", can_help=True)
    forum = make_forum(network, title="Alimentation")
    make_topic(forum, peer, title="Un projet alimentaire territorial à trois ?", kind="discussion")
    work()
    began_at = monotonic()
    page = filmed(agent)
    page.goto("/r/catalyseurs/discussions/")
    page.get_by_role("link", name="Alimentation").click()
    page.get_by_role("link", name="Nouvelle discussion").click()
    title = "Comment monter un projet alimentaire territorial ?"
    page.get_by_role("textbox", name="Titre").press_sequentially(title, delay=10)
    similar = page.locator("#similar")
    expect(similar.get_by_role("link", name="Un projet alimentaire territorial à trois ?")).to_be_visible()
    expect(similar.get_by_role("link", name="Ève Martin")).to_be_visible()
    expect(page.get_by_role("textbox", name="Titre")).to_have_value(title)
    page.get_by_label("Message", exact=True).click()
    expect(page.locator(".editor")).to_be_focused()
    page.keyboard.type("À trois communes, ")
    page.keyboard.press("Control+b")
    page.keyboard.type("qui emploie")
    page.keyboard.press("Control+b")
    page.keyboard.type(" ?")
    page.get_by_role("button", name="Publier la discussion").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    expect(page.locator("#message-1 strong")).to_have_text("qui emploie")
    topic = Topic.objects.latest("pk")
    assert (topic.kind, topic.author) == ("question", agent)

    page.evaluate("window.notReloaded = true")
    for group in (f"topic.{topic.pk}", f"user.{agent.pk}"):
        site.wait_for_watchers(group, 1)
    work()
    assert notified(helper) == ["mentoring.question"]
    bell = page.locator("bell-count [data-count]")
    expect(bell).to_have_text("")
    # The peer comes by the bell, and answers.
    there = visit(helper)
    there.goto("/notifications/")
    there.locator(".notification a").first.click()
    expect(there.get_by_role("heading", level=1)).to_contain_text(title)
    expect(there.locator("bell-count [data-count]")).to_have_text("")
    site.wait_for_watchers(f"topic.{topic.pk}", 2)
    there.get_by_label("Votre réponse").fill("Nous, par une entente intercommunale.")
    there.get_by_role("button", name="Publier").click()
    expect(page.locator("#message-2")).to_contain_text("Nous, par une entente intercommunale.")
    work()
    expect(bell).to_have_text(re.compile(r"^1\b"))
    assert page.evaluate("window.notReloaded")

    there.evaluate("window.notReloaded = true")
    page.get_by_role("button", name="Retenir cette réponse").click()
    expect(page.locator("#message-2 .post__accepted")).to_contain_text("Réponse retenue")
    topic.refresh_from_db()
    assert topic.accepted_post
    assert topic.accepted_post.author == helper
    # Everybody who reads sees the mark come, and that an agent has answered.
    expect(there.locator("#message-2 .post__accepted")).to_contain_text("Réponse retenue")
    assert there.evaluate("window.notReloaded")
    # The page was read again with the answer in it: nothing is left to ring for.
    expect(bell).to_have_text("")
    assert monotonic() - began_at < 120

    page.locator("bell-count a").click()
    page.locator(".notification a").first.click()
    expect(page).to_have_url(re.compile(rf"/sujets/{topic.pk}/.*#message-2$"))
    page.get_by_role("button", name="Ne plus retenir").click()
    expect(page.get_by_role("button", name="Retenir cette réponse")).to_be_visible()
    topic.refresh_from_db()
    assert topic.accepted_post is None


def test_a_question_is_asked_and_its_answer_kept_without_a_mouse(site: Site, visit: Visitors, network: Network) -> None:
    agent, peer = make_member(network).user, make_member(network, category="elected").user
    forum = make_forum(network, title="Alimentation")
    make_topic(forum, peer, title="Qui a mutualisé un poste de cuisine ?")
    page = visit(agent)
    page.goto("/r/catalyseurs/discussions/alimentation/")
    reach(page, page.get_by_role("link", name="Nouvelle discussion").first)
    page.keyboard.press("Enter")
    reach(page, page.get_by_role("textbox", name="Titre"))
    page.keyboard.type("Qui a mutualisé un poste ?")
    expect(page.locator("#similar").get_by_role("link")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(page.locator("#similar").get_by_role("link")).to_be_focused()
    reach(page, page.locator(".editor, textarea[name=body]").first)
    expect(page.locator(".editor")).to_be_focused()
    page.keyboard.type("À trois communes.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Qui a mutualisé un poste ?")
    topic = Topic.objects.latest("pk")
    site.wait_for_watchers(f"topic.{topic.pk}", 1)
    make_post(topic, peer, "Nous, par une entente.")
    expect(page.locator("#message-2")).to_contain_text("Nous, par une entente.")
    reach(page, page.get_by_role("button", name="Retenir cette réponse"))
    page.keyboard.press("Enter")
    expect(page.locator("#message-2 .post__accepted")).to_contain_text("Réponse retenue")


@BOTH
def test_an_animator_announces_a_session_and_sees_it_on_the_desk(
    visit: Visitors, network: Network, with_script: bool
) -> None:
    animator = make_animator(network).user
    make_forum(network)
    page = visit.on_phone(animator, java_script_enabled=with_script)
    page.goto("/r/catalyseurs/seances/")
    page.get_by_role("link", name="Proposer une séance").first.click()
    day = timezone.localdate() + timedelta(days=5)
    page.get_by_label("Titre").fill("Journée entre pairs")
    page.get_by_label("Jour", exact=True).fill(day.isoformat())
    page.get_by_label("Début").fill("14:00")
    page.get_by_label("Fin").fill("16:30")
    page.get_by_label("Nombre de places").fill("20")
    page.get_by_role("button", name="Annoncer la séance").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Journée entre pairs")
    session = PeerSession.objects.get()
    assert session.starts_at == datetime.combine(day, time(14), tzinfo=ZoneInfo("Europe/Paris"))
    assert (session.capacity, session.ends_at - session.starts_at) == (20, timedelta(hours=2, minutes=30))
    page.goto("/r/catalyseurs/animer/")
    expect(page.get_by_role("link", name="Journée entre pairs")).to_be_visible()


@BOTH
def test_a_newcomer_finds_a_peer_by_a_synonym_without_accents(
    visit: Visitors, network: Network, with_script: bool
) -> None:
    load_competences()
    newcomer = make_member(network, category="association").user
    peer = make_member(network, make_user(given_name="Ève", family_name="Martin"), category="agent").user
    other = make_member(network, make_user(given_name="Paul", family_name="Autre"), category="agent").user
    declare(peer, "projet-alimentaire-territorial", can_help=True)
    declare(other, "cantine-bio-locale")
    work()
    page = visit.on_phone(newcomer, java_script_enabled=with_script)
    page.goto("/r/catalyseurs/annuaire/")
    expect(page.locator(".person-card__name")).to_have_count(3)
    page.get_by_label("Nom, compétence ou organisation").fill("strategie alimentaire")
    page.get_by_role("button", name="Chercher").click()
    expect(page.locator(".person-card__name")).to_have_text(["Ève Martin"])
    page.get_by_role("link", name="Ève Martin").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ève Martin")
    expect(page.get_by_role("main")).to_contain_text("Monter un projet alimentaire territorial")


@BOTH
def test_a_member_chooses_what_to_receive(visit: Visitors, network: Network, with_script: bool) -> None:
    member = make_member(network).user
    page = visit.on_phone(member, java_script_enabled=with_script)
    page.goto("/notifications/")
    page.get_by_role("link", name="Choisir ce que je reçois").click()
    row = page.locator("fieldset.preference", has_text="Une réponse dans une discussion que je suis")
    row.get_by_role("checkbox").uncheck()
    row.get_by_role("combobox").select_option("weekly")
    page.get_by_role("button", name="Enregistrer").click()
    page.goto("/notifications/preferences/")
    expect(row.get_by_role("checkbox")).not_to_be_checked()
    expect(row.get_by_role("combobox")).to_have_value("weekly")


@BOTH
def test_language_and_colours_are_switched_and_back(visit: Visitors, network: Network, with_script: bool) -> None:
    member = make_member(network).user
    page = visit.on_phone(member, java_script_enabled=with_script)
    html = page.locator("html")
    page.goto("/notifications/")
    for language, name, title in (("en", "English", "Notifications"), ("fr", "Français", "Notifications")):
        page.locator(".shell__me summary").click()
        page.locator(".shell__me").get_by_role("button", name=name).click()
        expect(html).to_have_attribute("lang", language)
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        member.refresh_from_db()
        assert member.language == language
    for name, theme in (("Sombre", "dark"), ("Clair", "light")):
        page.locator(".shell__me summary").click()
        page.locator(".shell__me").get_by_role("button", name=name).click()
        expect(html).to_have_attribute("data-theme", theme)
        page.reload()
        expect(html).to_have_attribute("data-theme", theme)
        scheme = page.evaluate("getComputedStyle(document.documentElement).colorScheme") if with_script else theme
        assert scheme == theme
