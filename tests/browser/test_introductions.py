"""Introductions, as an agent of the mainland and an elected official of La Réunion live them in their browsers: they
ask for a meeting each month, are drawn, agree upon another hour, write to each other, and it is in both agendas."""

import re
from datetime import datetime, time, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from mentoring.enums import IntroductionState
from mentoring.models import Introduction, IntroductionOptIn
from mentoring.services.introduction_answers import close_over
from mentoring.services.introductions import draw_due
from peerhub.people.models import Network, User
from sessions.models import PeerSession, Registration
from tests.browser.conftest import Visitors
from tests.browser.films import filming
from tests.browser.peer_day import calendars_to, mails_to
from tests.browser.site import Site, work
from tests.builders import make_member, make_network, make_territory, make_user

PARIS, REUNION = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Reunion")


@pytest.mark.timeout(120)
def test_two_peers_of_two_territories_are_introduced_and_meet(site: Site, visit: Visitors, tmp_path: Path) -> None:
    network = make_network(slug="catalyseurs", name="Catalyseurs")
    agent = make_user("bruno@example.org", given_name="Bruno", family_name="Kerlann")
    official = make_user("solange@example.org", given_name="Solange", family_name="Hoarau", time_zone="Indian/Reunion")
    make_member(network, agent, category="agent", territory=make_territory("Kerlun"))
    make_member(network, official, category="elected", territory=make_territory("Cilaos"))
    with filming(visit, tmp_path, "introductions", phones={"official"}) as film:
        desk, phone = film("agent", agent), film("official", official, timezone_id="Indian/Reunion")
        # In Paris from 10 to 12, over there from 14 to 16: an hour of each day is shared, whatever the season.
        ask(desk, network, ["lundi, 10 h – 12 h", "jeudi, 10 h – 12 h"])
        ask(phone, network, ["lundi, 14 h – 16 h", "jeudi, 14 h – 16 h"])
        made = be_drawn(agent, official)
        open_from_the_bell(desk)
        moment = propose_another(desk, made)
        accept(phone, made, moment, agent)
        write(desk, phone)
        be_in_both_agendas(desk, made, moment, agent, official)
        meet(phone, network)


def ask(page: Page, network: Network, hours: list[str]) -> None:
    page.goto(f"/r/{network.slug}/annuaire/")
    page.get_by_role("link", name="Rencontres").click()
    page.get_by_role("button", name="Participer au prochain tirage").click()
    expect(page.get_by_text("Cochez au moins un moment").first).to_be_visible()
    for hour in hours:
        page.get_by_role("checkbox", name=hour.replace(" h", "\u00a0h")).check()
    page.get_by_role("button", name="Participer au prochain tirage").click()
    expect(page.get_by_text("Vous serez du prochain tirage").first).to_be_visible()


def be_drawn(agent: User, official: User) -> Introduction:
    """On the first of the next month, by beat: each is told by a mail that names nobody."""
    assert IntroductionOptIn.objects.count() == 2
    first = (timezone.now().astimezone(PARIS).replace(day=1, hour=8) + timedelta(days=31)).replace(day=1)
    assert [draw_due(first) for _again in range(2)] == [1, 0]
    work()
    for user in (agent, official):
        (file,) = mails_to(user)
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        text = mail.get_body(("plain",))
        assert text is not None
        words = f"{mail['Subject']} {text.get_content()}"
        assert "rencontre du mois" in words
        assert not re.search(
            "Bruno|Hoarau|Kerlun|Cilaos", words.replace(user.full_name, "").replace(user.given_name, "")
        )
    return Introduction.objects.get()


def open_from_the_bell(page: Page) -> None:
    page.goto("/notifications/")
    page.locator(".notification a").first.click()
    expect(page.get_by_role("heading", name="Solange Hoarau")).to_be_visible()
    expect(page.get_by_text("n’a pas encore répondu")).to_be_visible()


def propose_another(page: Page, made: Introduction) -> datetime:
    """A day later than what was drawn, by the date and the hour that they write."""
    assert made.proposed_at is not None
    day = made.proposed_at.astimezone(PARIS).date() + timedelta(days=8)
    page.get_by_text("Proposer un autre moment").click()
    page.get_by_label("Un moment dont nous avons convenu entre nous").check()
    page.get_by_label("Jour").fill(day.isoformat())
    page.get_by_label("Heure").fill("10:30")
    page.get_by_role("button", name="Proposer ce moment").click()
    expect(page.get_by_text("Vous avez accepté.")).to_be_visible()
    made.refresh_from_db()
    moment = datetime.combine(day, time(10, 30), tzinfo=PARIS)
    assert made.proposed_at == moment
    work()
    return moment


def accept(phone: Page, made: Introduction, moment: datetime, agent: User) -> None:
    """On the phone, in the hour of La Réunion."""
    phone.goto("/notifications/")
    expect(phone.get_by_text("Un autre moment est proposé")).to_be_visible()
    phone.goto(made.get_absolute_url())
    expect(phone.get_by_role("heading", name=agent.full_name)).to_be_visible()
    there = moment.astimezone(REUNION)
    shown = phone.locator(".introduction__moment")
    expect(shown).to_contain_text(re.compile(rf"{there.day}\s.*\s{there.hour}\sh\s{there.minute}"))
    expect(shown).to_contain_text("heure de La Réunion")
    phone.get_by_role("button", name="J’accepte").tap()
    expect(phone.get_by_text("C’est dans vos agendas")).to_be_visible()


def write(desk: Page, phone: Page) -> None:
    """In a conversation that is theirs alone."""
    phone.get_by_role("link", name="Vous écrire").tap()
    box = phone.get_by_role("textbox").last
    box.fill("Bonjour, à bientôt !")
    phone.get_by_role("button", name="Publier").or_(phone.get_by_role("button", name="Répondre")).last.tap()
    expect(phone.get_by_text("Bonjour, à bientôt !").first).to_be_visible()
    desk.reload()
    desk.get_by_role("link", name="Vous écrire").click()
    expect(desk.get_by_text("Bonjour, à bientôt !").first).to_be_visible()


def be_in_both_agendas(desk: Page, made: Introduction, moment: datetime, agent: User, official: User) -> None:
    """A seat each, and the same entry for each one's calendar; nobody else sees the session."""
    work()
    session = PeerSession.objects.get()
    made.refresh_from_db()
    assert (made.state, made.session) == (IntroductionState.PLANNED, session)
    assert (session.starts_at, session.circle) == (moment, made.circle)
    assert {*Registration.objects.registered().values_list("user", flat=True)} == {agent.pk, official.pk}
    (here,), (there,) = calendars_to(agent), calendars_to(official)
    assert here == there
    assert (here.method, here.starts_at) == ("REQUEST", moment)
    desk.goto(session.get_absolute_url())
    expect(desk.get_by_role("heading", level=1)).to_have_text("Échange")
    assert not PeerSession.objects.visible_to(make_member(session.network).user).exists()


def meet(phone: Page, network: Network) -> None:
    """The hour comes, and goes."""
    now = timezone.now()
    PeerSession.objects.update(starts_at=now - timedelta(hours=2), ends_at=now - timedelta(hours=1))
    assert close_over() == 1
    phone.goto(f"/r/{network.slug}/rencontres/")
    expect(phone.get_by_role("heading", name="Vos rencontres passées")).to_be_visible()
    expect(phone.locator(".introduction-line")).to_contain_text("Bruno Kerlann")
    expect(phone.locator(".introduction-line")).to_contain_text("passée")
