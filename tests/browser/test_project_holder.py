"""A project holder looking for help, as an association's volunteer and an agent of another territory live it in their
browsers: a need, peers with reasons, one question, a yes, a conversation, two meetings, thanks."""

import re
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from mentoring.enums import Level, NeedState, SolicitationState
from mentoring.models import Need, Solicitation, Thanks
from peerhub.people.models import Network, User
from sessions.models import PeerSession, Registration
from tests.browser.conftest import Visitors
from tests.browser.films import filming
from tests.browser.peer_day import calendars_to, mails_to
from tests.browser.site import Site, work
from tests.builders import make_member, make_network, make_user
from tests.mentoring.builders import competence, declare, make_place
from tests.mentoring.need_builders import SLUG

SECRETS = "gare|soirées|Inès|Delmas|tiers-lieu"


@pytest.mark.timeout(180)
def test_a_project_holder_finds_a_peer_who_has_done_it(site: Site, visit: Visitors, tmp_path: Path) -> None:
    network, holder, peer = make_people()
    with filming(visit, tmp_path, "project-holder", phones={"peer"}) as film:
        desk = film("holder", holder)
        look_for_help(desk, network)
        ask(desk, peer)
        phone = film("peer", peer)
        say_yes(phone, peer)
        talk(desk, phone)
        meet_at_once(desk)
        choose_a_moment(desk, phone)
        thank(desk, holder, peer)


def make_people() -> tuple[Network, User, User]:
    """Two territories of one size; one of the two has done it, a third one works beside the first."""
    network = make_network(slug="catalyseurs", name="Catalyseurs")
    holder = make_user("ines@example.org", given_name="Inès", family_name="Delmas")
    peer = make_user("zoe@example.org", given_name="Zoé", family_name="Kerlann")
    make_member_of(network, holder, "association", "Feurs")
    make_member_of(network, peer, "agent", "Nyons")
    declare(peer, SLUG, can_help=True, level=Level.EXPERIENCED)
    work()
    return network, holder, peer


def make_member_of(network: Network, user: User, category: str, place: str) -> None:
    make_member(network, user, category=category, territory=make_place(place))


def look_for_help(page: Page, network: Network) -> None:
    """From the directory: a sentence, a subject, and peers with the reasons for each."""
    page.goto(f"/r/{network.slug}/annuaire/")
    page.get_by_role("link", name="Dire ce que je cherche").click()
    page.get_by_label("Que cherchez-vous, en une phrase").fill("Ouvrir un tiers-lieu dans l’ancienne gare")
    page.get_by_label("Sur quel sujet").select_option(label=competence(SLUG).name)
    expect(page.get_by_text("Brouillon enregistré")).to_be_visible()
    page.get_by_role("button", name="Chercher des pairs").click()
    card = page.locator(".person-card", has_text="Zoé Kerlann")
    expect(card.get_by_text("Référent·e")).to_be_visible()
    expect(card.get_by_text("Un territoire de même taille")).to_be_visible()
    expect(card.get_by_text("A de la place pour 2 personnes de plus")).to_be_visible()


def ask(page: Page, peer: User) -> None:
    """One question, that begins with its context; the mail says that a peer asks, and nothing else."""
    card = page.locator(".person-card", has_text="Zoé Kerlann")
    card.get_by_role("link", name="Solliciter").click()
    question = page.get_by_label("Votre question")
    expect(question).to_have_value(re.compile("^Bonjour,"))
    question.press("Control+End")
    question.press_sequentially("comment avez-vous gardé vos soirées ?")
    page.get_by_role("button", name="Envoyer ma question").click()
    steps = page.locator(".asked__one")
    expect(steps).to_contain_text("attend une réponse")
    expect(steps).to_contain_text("Un rappel partira le")
    work()
    (mail,) = mails_to(peer)
    assert "Un pair vous sollicite" in words_of(mail)
    assert not re.search(SECRETS, words_of(mail))


def say_yes(phone: Page, peer: User) -> None:
    phone.goto("/notifications/")
    phone.locator(".notification a").first.tap()
    expect(phone.get_by_role("heading", name="Inès Delmas vous sollicite")).to_be_visible()
    expect(phone.get_by_text("comment avez-vous gardé vos soirées")).to_be_visible()
    phone.get_by_role("button", name="Oui, je réponds présent").tap()
    expect(phone.get_by_text("Votre conversation est ouverte : vous").first).to_be_visible()
    work()
    assert Solicitation.objects.get().state == SolicitationState.ACCEPTED
    assert Need.objects.get().state == NeedState.ANSWERED


def talk(desk: Page, phone: Page) -> None:
    """Each writes and reads, and nobody else does."""
    phone.get_by_role("link", name="Ouvrir la conversation").tap()
    write(phone, "Un bénévole par soir, jamais deux de suite.")
    desk.goto("/notifications/")
    desk.locator(".notification a", has_text="répond présent").click()
    expect(desk.get_by_text("Ouverte le")).to_be_visible()
    desk.get_by_role("link", name="Ouvrir la conversation").click()
    expect(desk.get_by_text("Un bénévole par soir").first).to_be_visible()
    write(desk, "Merci ! Peut-on se parler ?")
    assert not re.search("bénévole", " ".join(words_of(one) for user in User.objects.all() for one in mails_to(user)))


def meet_at_once(desk: Page) -> None:
    """A first meeting at an hour that they know: in both agendas at once."""
    desk.goto(Solicitation.objects.get().get_absolute_url())
    desk.get_by_text("Convenir d’un moment").click()
    desk.locator("#id_starts_on").fill(in_days(6))
    desk.locator("#id_starts_time").fill("14:00")
    desk.get_by_role("button", name="Proposer").click()
    expect(desk.get_by_text("C’est dans vos deux agendas.").first).to_be_visible()
    work()
    session = PeerSession.objects.get()
    one = Solicitation.objects.get()
    assert (session.circle, session.ends_at - session.starts_at) == (one.circle, timedelta(minutes=30))
    assert seated(session) == {one.asker_id, one.peer_id}
    assert [sent.starts_at for sent in calendars_to(one.peer)] == [session.starts_at]


def choose_a_moment(desk: Page, phone: Page) -> None:
    """For the second, one proposes two moments, and the other chooses."""
    one = Solicitation.objects.get()
    phone.goto(one.get_absolute_url())
    phone.get_by_text("Convenir d’un moment").tap()
    phone.locator("#id_starts_on").fill(in_days(20))
    phone.locator("#id_starts_time").fill("10:00")
    phone.locator("#id_other_on_1").fill(in_days(21))
    phone.locator("#id_other_time_1").fill("18:30")
    phone.get_by_role("button", name="Proposer").tap()
    expect(phone.get_by_text("Vos moments sont proposés").first).to_be_visible()
    desk.reload()
    desk.get_by_role("link", name="Des moments proposés").click()
    desk.locator(".poll-result", has_text=re.compile(r"18\sh\s30")).get_by_role(
        "link", name="Choisir cette date"
    ).click()
    desk.get_by_role("button", name="Choisir, et prévenir tout le monde").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Échange")
    session = PeerSession.objects.order_by("pk").last()
    assert session is not None
    assert (PeerSession.objects.count(), seated(session)) == (2, {one.asker_id, one.peer_id})


def thank(desk: Page, holder: User, peer: User) -> None:
    desk.goto(Solicitation.objects.get().get_absolute_url())
    expect(desk.locator(".items .item", has_text="Échange")).to_have_count(2)
    desk.get_by_role("link", name="Remercier, donner mon avis").click()
    desk.get_by_label("Votre mot").fill("Vos soirs à tour de rôle ont sauvé les miens.")
    desk.get_by_role("button", name="Envoyer ce mot").click()
    expect(desk.locator(".thanks")).to_contain_text("Vos soirs à tour de rôle")
    thanks = Thanks.objects.get()
    assert (thanks.author, thanks.recipient) == (holder, peer)


def write(page: Page, words: str) -> None:
    box = page.get_by_role("textbox").last
    box.fill(words)
    page.get_by_role("button", name="Publier").or_(page.get_by_role("button", name="Répondre")).last.click()
    expect(page.get_by_text(words).first).to_be_visible()
    work()


def seated(session: PeerSession) -> set[int]:
    return set(Registration.objects.registered().filter(session=session).values_list("user", flat=True))


def in_days(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def words_of(file: Path) -> str:
    """What a mail says, without the name of whom it goes to."""
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    text = mail.get_body(("plain",))
    assert text is not None
    return f"{mail['Subject']} {text.get_content()}"
