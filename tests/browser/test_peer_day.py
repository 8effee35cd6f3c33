"""A peer day from its proposal to the envelopes of its agora, as an animator, an elected official on her phone, an
agent and somebody of an association live it in their browsers; the others answer by the same forms."""

import hashlib
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from peerhub.notifications.models import Notification
from peerhub.people.models import ActorCategory, User
from sessions.enums import CheckInMethod, ConclusionState, RegistrationState
from sessions.models import Attendance, Conclusion, PeerDay, PeerSession, Registration
from sessions.services.attendance import check_in_code
from sessions.services.conclusions import seal_due
from sessions.services.sealing import verify_chain
from tests.browser.conftest import Visitors
from tests.browser.films import filming
from tests.browser.peer_day import (
    CATEGORIES,
    World,
    calendars_to,
    hold,
    in_a_month,
    mails_to,
    make_world,
    post,
)
from tests.browser.site import Site, work

TEXTS = {
    "elected": "Nous demandons du temps.",
    "agent": "Un mandat écrit, et le droit de rater.",
    "association": "Des conventions de trois ans.",
}
SEATS = 10


@pytest.mark.timeout(240)
def test_a_peer_day_from_its_plan_to_its_agora(site: Site, visit: Visitors, tmp_path: Path) -> None:
    world = make_world()
    official, agent, association = world.people["elected"][-1], world.people["agent"][0], world.people["association"][0]
    with filming(visit, tmp_path, "a-peer-day", phones={"elected"}) as film:
        animator = film("animator", world.animator)
        sessions = plan(animator, world)
        invite(animator, world)
        phone, desk, there = film("elected", official), film("agent", agent), film("association", association)
        answer(desk, there, world, sessions)
        wait_and_be_promoted(phone, world, sessions["elected"])
        move(animator, world, sessions["elected"])
        call_off(animator, world)
        meet(animator, phone, desk, world, sessions)
        conclude(phone, desk, there, world, sessions)
        reveal(site, animator, {"elected": phone, "agent": desk, "association": there}, sessions["agora"])
    assert verify_chain() == []


# --- Planning -------------------------------------------------------------------------------------------------------


def plan(page: Page, world: World) -> dict[str, PeerSession]:
    """From the page of the programme to a board of four sessions, one of which is edited in place."""
    page.goto(world.programme.get_absolute_url())
    page.get_by_role("link", name="Prévoir une journée").click()
    page.get_by_label("Date", exact=True).fill(in_a_month().isoformat())
    page.get_by_text("Une demi-journée après l’autre, puis une agora").click()
    for name in ("Élu·es", "Agent·es", "Associations"):
        expect(page.get_by_role("checkbox", name=name)).to_be_checked()
    page.get_by_role("button", name="Proposer la journée").click()
    expect(page.locator(".board__card")).to_have_count(4)
    expect(page.locator(".board__card").get_by_text("Projet", exact=True)).to_have_count(4)
    by_slug = sessions_of(PeerDay.objects.get())
    # Ten seats for eleven elected officials: the last one of them to answer will have to wait.
    card = page.locator(f"#seance-{by_slug['elected'].pk}")
    card.locator("summary").click()
    card.get_by_label(re.compile("^Places")).fill(str(SEATS))
    card.get_by_label("Titre").fill("Élu·es : dire non à un projet")
    card.get_by_role("button", name="Enregistrer").click()
    expect(card.get_by_role("heading", level=2)).to_have_text("Élu·es : dire non à un projet")
    expect(card.locator(".board__edit[open]")).to_have_count(0)
    assert PeerSession.objects.get(pk=by_slug["elected"].pk).capacity == SEATS
    return by_slug


def sessions_of(day: PeerDay) -> dict[str, PeerSession]:
    slugs = dict(ActorCategory.objects.values_list("pk", "slug"))
    drafts = [(one.opens_to, one) for one in day.sessions.select_related("opens_to")]
    return {slugs[circle.categories[0]] if circle.categories else "agora": one for circle, one in drafts if circle}


def invite(page: Page, world: World) -> None:
    """Read what will leave, as two people will receive it; then let it leave, once."""
    page.get_by_role("link", name="Relire les invitations").click()
    expect(page.get_by_text("Rien n’est parti.")).to_be_visible()
    mail = page.frame_locator("iframe.invitation__mail").first
    expect(mail.locator("body")).to_contain_text("Séance confidentielle")
    page.get_by_label("Telle que la recevra").first.select_option(label="Solange Hoarau")
    page.get_by_role("button", name="Voir").first.click()
    expect(page.frame_locator("iframe[title*='Solange Hoarau']").first.locator("body")).to_contain_text("Solange")
    assert not Registration.objects.exists()
    assert not Notification.objects.filter(kind="sessions.invited").exists()
    page.get_by_role("button", name=re.compile("Envoyer les 62 invitations")).click()
    expect(page.get_by_text("62 invitations sont parties.")).to_be_visible()
    work()
    assert {len(mails_to(user)) for user in world.everyone()} == {2}


# --- Answers --------------------------------------------------------------------------------------------------------


def answer(agent: Page, association: Page, world: World, sessions: dict[str, PeerSession]) -> None:
    """By the pages: the agent comes, somebody of an association does not, says why, and then does."""
    agent.goto(sessions["agent"].get_absolute_url())
    agent.get_by_role("button", name="Je viens", exact=True).click()
    expect(agent.get_by_text("Vous êtes inscrit·e.", exact=True)).to_be_visible()
    association.goto(sessions["association"].get_absolute_url())
    association.get_by_label("Vous ne pouvez pas venir ?").fill("Assemblée générale ce jour-là.")
    association.get_by_role("button", name="Je ne viens pas").click()
    expect(association.get_by_text("« Assemblée générale ce jour-là. »")).to_be_visible()
    declined = Registration.objects.get(session=sessions["association"], state=RegistrationState.DECLINED)
    assert declined.note == "Assemblée générale ce jour-là."
    association.get_by_role("button", name="M’inscrire").click()
    expect(association.get_by_text("Vous êtes inscrit·e.", exact=True)).to_be_visible()
    for category in CATEGORIES:
        for user in world.people[category][:SEATS][1 if category != "elected" else 0 :]:
            post(user, "register", sessions[category])
    for user in world.everyone():
        post(user, "register", sessions["agora"])
    work()
    taken = PeerSession.objects.in_bulk([one.pk for one in sessions.values()])
    assert {name: taken[one.pk].registered_count for name, one in sessions.items()} == {
        **dict.fromkeys(CATEGORIES, SEATS),
        "agora": 31,
    }


def wait_and_be_promoted(phone: Page, world: World, session: PeerSession) -> None:
    """On her phone: no seat left, the first of the waiting list, then an offer, which she takes."""
    official, leaver = world.people["elected"][-1], world.people["elected"][3]
    phone.goto(session.get_absolute_url())
    expect(phone.get_by_role("button", name="Je viens", exact=True)).to_have_count(0)
    phone.get_by_role("button", name="Me mettre en attente").tap()
    expect(phone.get_by_text("Vous êtes en attente, rang 1 sur 1 dans votre catégorie.")).to_be_visible()
    post(leaver, "seat-decline", session, note="Conseil municipal avancé.")
    work()
    assert "sessions.offered" in Notification.objects.filter(recipient=official).values_list("kind", flat=True)
    phone.goto("/notifications/")
    phone.locator(".notification a").first.tap()
    expect(phone.get_by_role("heading", name="Une place est libre pour vous")).to_be_visible()
    phone.get_by_role("button", name="Accepter la place").tap()
    expect(phone.get_by_text("Vous êtes inscrit·e.", exact=True)).to_be_visible()
    work()
    assert PeerSession.objects.get(pk=session.pk).registered_count == SEATS
    assert calendars_to(official)[-1].method == "REQUEST"


def move(page: Page, world: World, session: PeerSession) -> None:
    """Half an hour later, in a room: the calendars of those registered follow, and nobody else's."""
    before = {user: calendars_to(user) for user in world.people["elected"]}
    page.goto(session.get_absolute_url())
    page.get_by_role("link", name="Modifier ou déplacer").click()
    page.get_by_label("Début", exact=True).last.fill("10:00")
    page.get_by_label("Lieu").fill("Salle des fêtes, Haut-Lieu")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Salle des fêtes, Haut-Lieu").first).to_be_visible()
    work()
    moved = PeerSession.objects.get(pk=session.pk)
    coming = set(Registration.objects.registered().filter(session=session).values_list("user_id", flat=True))
    assert len(coming) == SEATS
    for user in world.people["elected"]:
        news = calendars_to(user)[len(before[user]) :]
        if user.pk not in coming:
            assert news == []
            continue
        (last,) = news
        (first,) = [one for one in before[user] if one.uid == last.uid and one.method == "REQUEST"]
        assert (last.method, last.sequence, last.starts_at) == ("REQUEST", first.sequence + 1, moved.starts_at)
        assert last.starts_at - first.starts_at == timedelta(minutes=30)


def call_off(page: Page, world: World) -> None:
    """A session to get ready, planned beside the day, and cancelled: it leaves the calendars."""
    page.goto(f"/r/{world.network.slug}/seances/nouvelle/")
    page.get_by_role("textbox", name="Titre").fill("Se préparer à la journée")
    page.get_by_label("Jour", exact=True).fill((in_a_month() - timedelta(days=7)).isoformat())
    page.get_by_label("Début", exact=True).fill("18:00")
    page.get_by_label("Fin", exact=True).fill("19:00")
    page.get_by_role("button", name="Annoncer la séance").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Se préparer à la journée")
    session = PeerSession.objects.get(title="Se préparer à la journée")
    comer, other = world.people["agent"][:2]
    post(comer, "register", session)
    work()
    before = len(calendars_to(other))
    page.get_by_role("link", name="Annuler la séance").click()
    page.get_by_label(re.compile("mot|raison|Pourquoi", re.IGNORECASE)).fill("La salle a pris l’eau.")
    page.get_by_role("button", name="Annuler la séance").click()
    expect(page.get_by_text("La salle a pris l’eau.")).to_be_visible()
    work()
    asked, cancelled = calendars_to(comer)[-2:]
    assert (asked.method, cancelled.method) == ("REQUEST", "CANCEL")
    assert (cancelled.uid, cancelled.sequence) == (asked.uid, asked.sequence + 1)
    assert len(calendars_to(other)) == before


# --- The day --------------------------------------------------------------------------------------------------------


def meet(animator: Page, phone: Page, desk: Page, world: World, sessions: dict[str, PeerSession]) -> None:
    """Present by the code of the room, by the button, and by the list of whoever facilitates."""
    for category in CATEGORIES:
        hold(sessions[category])
    animator.goto(f"{sessions['elected'].get_absolute_url()}emargement/")
    code = animator.locator(".attendance__code").inner_text()
    assert code == check_in_code(sessions["elected"])
    phone.goto(sessions["elected"].get_absolute_url())
    phone.get_by_label("Code", exact=False).first.fill(code.lower())
    phone.get_by_role("button", name="Signaler ma présence").tap()
    expect(phone.get_by_text("Présence notée :")).to_be_visible()
    desk.goto(sessions["agent"].get_absolute_url())
    desk.get_by_role("button", name="Signaler ma présence").click()
    expect(desk.get_by_text("Présence notée :")).to_be_visible()
    expect(desk.get_by_role("button", name="Signaler ma présence")).to_have_count(0)
    for category, here in (("elected", ["Solange Hoarau", "Elected Haut-Lieu"]), ("association", _names(world))):
        animator.goto(f"{sessions[category].get_absolute_url()}emargement/")
        for name in here:
            animator.get_by_role("checkbox", name=name).check()
        animator.get_by_role("button", name=re.compile("Enregistrer")).first.click()
        expect(animator.get_by_text(f"{len(here)} personnes présentes")).to_be_visible()
    present = Attendance.objects.filter(is_present=True)
    assert set(present.filter(session=sessions["agent"]).values_list("user", "method")) == {
        (world.people["agent"][0].pk, CheckInMethod.BUTTON)
    }
    by_list = present.filter(session=sessions["association"], method=CheckInMethod.LIST)
    assert {one.user_id for one in by_list} == {one.pk for one in world.people["association"][:2]}


def _names(world: World) -> list[str]:
    return [one.full_name for one in world.people["association"][:2]]


def conclude(phone: Page, desk: Page, there: Page, world: World, sessions: dict[str, PeerSession]) -> None:
    """Sealed by the word of all who were there; by silence until the hour; after an objection and another text."""
    draft(phone, sessions["elected"], TEXTS["elected"])
    agree(world.people["elected"][1], sessions["elected"])
    phone.reload()
    seal(phone)
    draft(desk, sessions["agent"], TEXTS["agent"])
    due = Conclusion.objects.filter(session=sessions["agent"])
    assert due.update(approved_by_date=timezone.now() - timedelta(seconds=1)) == 1
    assert seal_due() == 1
    desk.reload()
    expect(desk.get_by_role("heading", name="L’enveloppe est scellée")).to_be_visible()
    draft(there, sessions["association"], "Des conventions.")
    colleague = world.people["association"][1]
    objection = {"voice": "objects", "reason": "De combien de temps ?", "version": 1}
    post(colleague, "conclusion-voice", sessions["association"], **objection)
    there.reload()
    expect(there.get_by_text("De combien de temps ?")).to_be_visible()
    expect(there.get_by_role("button", name="Sceller maintenant")).to_have_count(0)
    there.get_by_role("link", name="Modifier le texte").click()
    draft(there, sessions["association"], TEXTS["association"], is_open=True)
    agree(colleague, sessions["association"], version=2)
    there.reload()
    seal(there)
    assert set(Conclusion.objects.values_list("state", "body")) == {
        (ConclusionState.SEALED, text) for text in TEXTS.values()
    }


def draft(page: Page, session: PeerSession, text: str, *, is_open: bool = False) -> None:
    """Written and submitted to the group."""
    if not is_open:
        page.goto(f"{session.get_absolute_url()}conclusions/")
    box, kept = page.get_by_role("textbox", name="Nos conclusions"), page.locator("textarea[name=body]")
    box.click()
    expect(page.locator(".editor")).to_be_focused()
    if is_open:
        box.press("Control+a")
        box.press("Delete")
        expect(kept).to_have_value("")
    box.fill(text)
    expect(kept).to_have_value(text)
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("button", name="Soumettre cette version").click()
    expect(page.get_by_role("heading", name="L’avis du groupe")).to_be_visible()


def agree(user: User, session: PeerSession, *, version: int = 1) -> None:
    post(user, "conclusion-voice", session, voice="agrees", version=version)


def seal(page: Page) -> None:
    page.get_by_text("Sceller maintenant", exact=True).click()
    page.get_by_role("button", name="Oui, sceller").click()
    expect(page.get_by_role("heading", name="L’enveloppe est scellée")).to_be_visible()


def reveal(site: Site, animator: Page, pages: dict[str, Page], agora: PeerSession) -> None:
    """All three envelopes, in the browsers of three categories at once; then each verifies."""
    hold(agora)
    address = f"{agora.get_absolute_url()}restitutions/"
    for page in pages.values():
        page.goto(address)
        expect(page.get_by_text("3 enveloppes scellées sur 3.")).to_be_visible()
        assert not any(text in page.content() for text in TEXTS.values())
        page.evaluate("window.notReloaded = true")
    animator.goto(address)
    site.wait_for_watchers(f"session.{agora.pk}", 4)
    animator.get_by_role("button", name="Ouvrir toutes les enveloppes").click()
    animator.get_by_role("button", name="Oui, tout ouvrir").click()
    for page in pages.values():
        for text in TEXTS.values():
            expect(page.locator(".envelope .prose", has_text=text)).to_be_visible()
        expect(page.locator(".envelope", has_text="Empreinte vérifiée")).to_have_count(3)
        assert page.evaluate("window.notReloaded")
    for page in pages.values():
        page.get_by_role("link", name="Tout vérifier, et vérifier soi-même").click()
        expect(page.get_by_text("Empreintes vérifiées")).to_be_visible()
        expect(page.get_by_text("La chaîne de tous les scellés, du premier au dernier, est intacte.")).to_be_visible()
    # By oneself: the print of the file is the one that the page shows.
    page = pages["association"]
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger l’enveloppe (JSON)").first.click()
    found = hashlib.sha256(download.value.path().read_bytes()).hexdigest()
    expect(page.locator("code.print").first).to_have_text(found)
