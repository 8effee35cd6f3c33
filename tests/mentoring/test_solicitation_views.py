"""The pages of solicitations."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from mentoring.models import KeptApart, MentoringProfile, Need, Solicitation
from mentoring.services.solicitations import accept_solicitation, decline_solicitation
from peerhub.outbox.testing import dispatch_all
from peerhub.people.models import Membership, Network
from sessions.models import DatePoll, PeerSession
from tests.conftest import Browser
from tests.mentoring.builders import make_listed
from tests.mentoring.need_builders import SLUG, make_need, make_peer
from tests.mentoring.solicitation_builders import QUESTION, ask
from tests.mentoring.test_directory_privacy import choose

pytestmark = pytest.mark.django_db


def test_from_a_suggestion_to_a_question_that_is_sent(browser: Browser, network: Network, me: Membership) -> None:
    zoe, paul = make_peer(network, "Zoé"), make_peer(network, "Paul")
    need = make_need(me.user, network, details="Sans local.")
    page, form_page = need.get_absolute_url(), reverse("mentoring:solicitation-new", args=[need.pk, zoe.user_id])
    browser.as_user(me.user)
    assert form_page in browser.get(page).content.decode()
    form = browser.get(form_page).context["form"]
    question = form["question"].value()
    assert question.startswith("Bonjour,\n\nOuvrir un lieu dans l’ancienne gare")
    fields = {"token": str(form["token"].value()), "others": [str(paul.user_id)], "wants_call": "on", "goes_on": "on"}
    unchanged = browser.post(form_page, {**fields, "question": question})
    assert (unchanged.status_code, list(unchanged.context["form"].errors)) == (422, ["question"])
    sent = browser.post(form_page, {**fields, "question": f"{question} {QUESTION}"})
    assert (sent.status_code, sent["Location"]) == (303, page)
    html = browser.get(page).content.decode()
    assert "attend une réponse" in html
    assert "attend son tour" in html
    assert form_page not in html
    assert browser.as_user(paul.user).get(form_page).status_code == 404


def test_from_a_profile_to_a_question_to_that_person(browser: Browser, network: Network, me: Membership) -> None:
    zoe = make_peer(network, "Zoé")
    profile = reverse("mentoring:profile", args=[network.slug, zoe.user_id])
    page = reverse("mentoring:need-new", args=[network.slug])
    assert f"{page}?pair={zoe.user_id}" in browser.as_user(me.user).get(profile).content.decode()
    response = browser.get(f"{page}?pair={zoe.user_id}")
    assert ("Écrire ma question" in response.content.decode(), "Chercher des pairs" in response.content.decode()) == (
        True,
        False,
    )
    form = response.context["form"]
    fields = {"token": str(form["token"].value()), "title": "Ouvrir un lieu", "kind": "advice", "audience": "asked"}
    for pair, name in ((zoe.user_id, "solicitation-new"), (me.user_id, "need"), (999_999, "need")):
        typed = {**fields, "token": str(uuid4()), "competence": SLUG, "pair": str(pair), "act": "open"}
        response = browser.post(page, typed)
        need = Need.objects.latest("pk")
        arguments = [need.pk, pair] if name == "solicitation-new" else [need.pk]
        assert response["Location"] == reverse(f"mentoring:{name}", args=arguments)


def test_who_may_not_be_asked_is_refused_without_a_reason(browser: Browser, network: Network, me: Membership) -> None:
    zoe = make_peer(network, "Zoé")
    need = make_need(me.user, network)
    KeptApart.objects.create(user=zoe.user, other=me.user, asked_by=zoe.user, network=network)
    page = reverse("mentoring:solicitation-new", args=[need.pk, zoe.user_id])
    response = browser.as_user(me.user).post(page, {"token": str(uuid4()), "question": QUESTION})
    assert response.status_code == 409
    assert "ne peut pas être sollicitée en ce moment" in response.content.decode()
    # Said before one writes; on their page nothing tells it, as of who has no place but does not let it be seen.
    early = browser.get(page)
    assert (early.status_code, early["Location"]) == (303, need.get_absolute_url())
    assert "ne peut pas être sollicitée en ce moment" in browser.get(early["Location"]).content.decode()
    profile = reverse("mentoring:profile", args=[network.slug, zoe.user_id])

    def offers() -> tuple[bool, bool]:
        html = browser.get(profile).content.decode()
        return "Lui demander de l’aide" in html, "n’a plus de place" in html

    assert offers() == (True, False)
    MentoringProfile.objects.create(user=zoe.user, people_at_a_time=0)
    assert offers() == (False, True)
    choose(zoe.user, shows_availability=False)
    assert offers() == (True, False)


def test_the_page_of_each_of_the_two(browser: Browser, network: Network, me: Membership) -> None:
    zoe = make_peer(network, "Zoé")
    (one,) = ask(make_need(me.user, network, details="Sans local."), zoe)
    page = one.get_absolute_url()
    html = browser.as_user(zoe.user).get(page).content.decode()
    for words in (QUESTION, "Sans local.", "Oui, je réponds présent", "Je ne peux pas"):
        assert words in html
    html = browser.as_user(me.user).get(page).content.decode()
    assert "Ouverte le" in html
    assert "Retirer ma demande" in html
    assert "Oui, je réponds présent" not in html
    assert browser.as_user(make_peer(network, "Paul").user).get(page).status_code == 404


def test_yes_then_a_moment_then_several(browser: Browser, network: Network, me: Membership) -> None:
    zoe = make_peer(network, "Zoé")
    (one,) = ask(make_need(me.user, network), zoe)
    page = one.get_absolute_url()
    assert browser.as_user(zoe.user).post(page, {"act": "accept"}).status_code == 303
    html = browser.get(page).content.decode()
    assert "Ouvrir la conversation" in html
    day = timezone.localdate() + timedelta(days=7)
    moment = {"act": "meet", "starts_on": day.isoformat(), "starts_time": "10:00", "minutes": "30"}
    bad = browser.post(page, {**moment, "token": str(uuid4()), "other_on_1": day.isoformat()})
    assert (bad.status_code, list(bad.context["moment"].errors)) == (422, ["other_time_1"])
    assert browser.post(page, {**moment, "token": str(uuid4())}).status_code == 303
    session = PeerSession.objects.get()
    assert (session.circle, session.ends_at - session.starts_at) == (one.circle, timedelta(minutes=30))
    several = {**moment, "token": str(uuid4()), "other_on_1": day.isoformat(), "other_time_1": "14:00"}
    assert browser.as_user(me.user).post(page, several).status_code == 303
    poll = DatePoll.objects.get()
    assert poll.slots.count() == 2
    html = browser.get(page).content.decode()
    assert session.get_absolute_url() in html
    assert poll.get_absolute_url() in html


def test_no_with_a_reason_and_someone_better(browser: Browser, network: Network, me: Membership) -> None:
    zoe, paul = make_peer(network, "Zoé"), make_peer(network, "Paul")
    make_peer(network, "Pauline")
    need = make_need(me.user, network)
    (one,) = ask(need, zoe)
    page = one.get_absolute_url()
    browser.as_user(zoe.user)
    assert list(browser.post(page, {"act": "decline"}).context["decline"].errors) == ["reason"]
    nobody = browser.post(page, {"act": "decline", "reason": "not_mine", "name": "Gédéon"})
    assert list(nobody.context["decline"].errors) == ["name"]
    several = browser.post(page, {"act": "decline", "reason": "not_mine", "name": "Pau"})
    assert list(several.context["decline"].errors) == ["pass_on_to"]
    assert "Pauline Pair" in several.content.decode()
    fields = {"act": "decline", "reason": "not_mine", "name": "Pau", "pass_on_to": str(paul.user_id), "note": "En mai"}
    said = browser.post(page, fields, follow=True).content.decode()
    assert ("votre idée est transmise" in said, "La question est partie" in said) == (True, True)
    passed = Solicitation.objects.get(peer=paul.user)
    assert passed.is_pending
    # A no is theirs: who named them reads nothing of it.
    decline_solicitation(peer=paul.user, solicitation=passed, reason="time")
    said = browser.get(page).content.decode()
    assert ("La question est partie" in said, "Paul" in said) == (True, False)
    html = browser.as_user(me.user).get(need.get_absolute_url()).content.decode()
    for words in ("ne peut pas", "En mai", "Zoé Pair a pensé à cette personne", "Ce n’est pas mon sujet"):
        assert words in html


def test_taken_back_from_the_page_of_the_need(browser: Browser, network: Network, me: Membership) -> None:
    zoe, paul = make_peer(network, "Zoé"), make_peer(network, "Paul")
    need = make_need(me.user, network)
    one, _two = ask(need, zoe, paul)
    response = browser.as_user(me.user).post(one.get_absolute_url(), {"act": "withdraw", "next": "need"})
    assert (response.status_code, response["Location"]) == (303, need.get_absolute_url())
    again = browser.as_user(zoe.user).post(one.get_absolute_url(), {"act": "accept"}, follow=True)
    assert "n’attend plus de réponse" in again.content.decode()


def test_what_waits_for_whom(browser: Browser, network: Network, me: Membership) -> None:
    zoe, page = make_peer(network, "Zoé"), reverse("mentoring:solicitations")
    counts = []
    for number in range(3):
        author = make_listed(network, f"Autre {number}")
        ask(make_need(author.user, network), zoe)
        browser.as_user(zoe.user)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            html = browser.get(page).content.decode()
        counts.append((html.count("Répondre avant le"), len(queries)))
    assert [number for number, _queries in counts] == [1, 2, 3]
    assert counts[0][1] == counts[2][1]
    accept_solicitation(peer=zoe.user, solicitation=Solicitation.objects.get(asker=author.user))
    dispatch_all()
    assert "a dit oui" in browser.as_user(author.user).get(page).content.decode()
    assert "vous avez dit oui" in browser.as_user(zoe.user).get(page).content.decode()
    assert "Aucune demande" in browser.as_user(me.user).get(page).content.decode()
