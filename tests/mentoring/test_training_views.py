"""The pages of trainings."""

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from mentoring.enums import PlaceState, StepKind, TrainingState
from mentoring.models import Training, TrainingPlace
from mentoring.queries.trainings import steps_of
from mentoring.services.certificates import mark_read, revoke_certificate
from mentoring.services.training_places import claim_place
from mentoring.services.trainings import Step, set_steps
from peerhub.people.models import Network, User
from sessions.models import PeerSession
from tests.builders import make_member
from tests.conftest import Browser
from tests.mentoring.training_builders import add_lesson, has_been, make_draft_training, make_training
from tests.sessions.builders import make_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def trainer(network: Network) -> User:
    return make_member(network).user


def address(training: Training, name: str = "training") -> str:
    return reverse(f"mentoring:{name}", args=[training.pk])


def laid(*rows: dict[str, object]) -> dict[str, object]:
    fields: dict[str, object] = {"act": "lay", "etapes-TOTAL_FORMS": len(rows), "etapes-INITIAL_FORMS": 0}
    for number, row in enumerate(rows):
        fields |= {f"etapes-{number}-{name}": value for name, value in row.items()}
    return fields


def test_from_an_idea_to_a_training_that_is_open(browser: Browser, network: Network, trainer: User) -> None:
    browser.as_user(trainer)
    new = reverse("mentoring:training-new", args=[network.slug])
    fields = {"title": "Animer une réunion", "capacity": 3, "certified_from": 80, "audience": "network"}
    refused = browser.post(new, {**fields, "title": "", "capacity": 0})
    assert (refused.status_code, sorted(refused.context["form"].errors)) == (422, ["capacity", "title"])
    token = str(uuid4())
    for _time in range(2):
        response = browser.post(new, {**fields, "token": token})
    training = Training.objects.get()
    assert (response.status_code, response["Location"]) == (303, address(training, "training-steps"))
    session = make_session(network, title="Atelier ouvert")
    ours = f"http://127.0.0.1:8000/seances/{session.pk}/"
    response = browser.post(
        address(training, "training-steps"),
        laid(
            {"title": "Lire", "address": "https://example.org/lire", "minutes": 20, "ORDER": 2},
            {"title": "", "address": ours, "ORDER": 1},
            {"title": "", "address": "", "ORDER": 3},
        ),
    )
    assert response.status_code == 303
    assert [(step.kind, step.title) for step in steps_of(training)] == [
        (StepKind.SESSION, "Atelier ouvert"),
        (StepKind.LINK, "Lire"),
    ]
    for wrong in ("javascript:alert(1)", "ftp://example.org/x", "n’importe quoi"):
        refused = browser.post(address(training, "training-steps"), laid({"title": "x", "address": wrong}))
        assert (refused.status_code, list(refused.context["formset"].errors[0])) == (422, ["address"])
    page = browser.get(address(training, "training-steps")).content.decode()
    assert ours in page
    assert browser.post(address(training), {"act": "open"}).status_code == 303
    training.refresh_from_db()
    assert training.state == TrainingState.OPEN


def test_a_new_session_is_planned_in_the_hours_of_who_offers_it(
    browser: Browser, network: Network, trainer: User
) -> None:
    training = make_draft_training(trainer, network)
    day = timezone.localdate() + timedelta(days=10)
    fields = {
        "act": "plan",
        "seance-token": str(uuid4()),
        "seance-title": "Atelier",
        "seance-date": day.isoformat(),
        "seance-hour": "14:00",
        "seance-minutes": 90,
    }
    browser.as_user(trainer)
    past = browser.post(address(training, "training-steps"), {**fields, "seance-date": "2020-01-01"})
    assert (past.status_code, "Choisissez un jour entre le" in past.content.decode()) == (422, True)
    for _time in range(2):
        assert browser.post(address(training, "training-steps"), fields).status_code == 303
    session = PeerSession.objects.get()
    assert (session.starts_at.astimezone(ZoneInfo("Europe/Paris")).hour, session.title) == (14, "Atelier")
    assert "Atelier" in browser.get(address(training)).content.decode()
    # Who plans it runs it, as an animator would.
    assert browser.get(reverse("sessions:attendance", args=[session.pk])).status_code == 200


def test_taking_a_place_reading_and_the_certificate_without_scripts(network: Network, trainer: User) -> None:
    training = make_training(trainer, network, prerequisites="Un projet en cours", capacity=1)
    user, late = make_member(network).user, make_member(network).user
    page = address(training)
    mine, other = Browser().as_user(user), Browser().as_user(late)
    closed = mine.get(page).content.decode()
    assert ("Prendre une place" in closed, "https://example.org/lire" in closed) == (True, False)
    mine.post(page, {"act": "claim"})
    assert not TrainingPlace.objects.exists()
    mine.post(page, {"act": "claim", "ready": "1"})
    other.post(page, {"act": "claim", "ready": "1"})
    assert "en premier" in other.get(page).content.decode()
    assert "https://example.org/lire" in mine.get(page).content.decode()
    for step in steps_of(training):
        assert "Obtenir mon attestation" not in mine.get(page).content.decode()
        mine.post(page, {"act": "read", "step": step.pk, "done": "1"})
    assert "Obtenir mon attestation" in mine.get(page).content.decode()
    mine.post(page, {"act": "certificate"})
    number = TrainingPlace.objects.get(user=user).certificate
    shown = Browser().get(reverse("mentoring:certificate", args=[number]))
    html = shown.content.decode()
    assert (shown.status_code, shown["X-Robots-Tag"], user.full_name in html, "authentique" in html) == (
        200,
        "noindex",
        True,
        True,
    )
    paper = mine.get(reverse("mentoring:certificate-pdf", args=[number]))
    assert (paper["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    assert other.get(reverse("mentoring:certificate-pdf", args=[number])).status_code == 404
    assert Browser().get(reverse("mentoring:certificate", args=[uuid4()])).status_code == 404
    # It says what was true when it was given, whatever the training, its path and the names become.
    first = steps_of(training)[0]
    set_steps(trainer=trainer, training=training, steps=[Step(title="Autre chose", url="https://example.org/autre")])
    Training.objects.filter(pk=training.pk).update(title="Autre titre")
    User.objects.filter(pk=user.pk).update(family_name="Autrement")
    again = Browser().get(reverse("mentoring:certificate", args=[number])).content.decode()
    assert [word in again for word in (first.title, training.title, user.full_name, "Autre")] == [True] * 3 + [False]
    revoke_certificate(trainer=trainer, training=training, user_id=user.pk)
    html = Browser().get(reverse("mentoring:certificate", args=[number])).content.decode()
    assert ("a été retirée" in html, "authentique" in html, user.full_name in html) == (True, False, False)
    assert mine.get(reverse("mentoring:certificate-pdf", args=[number])).status_code == 404
    mine.post(page, {"act": "leave"})
    assert TrainingPlace.objects.get(user=late).state == PlaceState.HELD


def test_who_offers_it_notes_presence_certifies_and_frees_places(network: Network, trainer: User) -> None:
    training = make_training(trainer, network, certified_from=34)
    session = add_lesson(training)
    user, away = make_member(network).user, make_member(network).user
    for one in (user, away):
        claim_place(user=one, training=training)
    has_been(session)
    step = steps_of(training)[-1]
    page, lead = address(training), Browser().as_user(trainer)
    assert user.full_name in lead.get(page).content.decode()
    lead.post(page, {"act": "presence", "step": step.pk, "present": [user.pk, "x"]})
    mark_read(user=user, training=training, step_id=steps_of(training)[0].pk)
    assert "attestation méritée" in lead.get(page).content.decode()
    lead.post(page, {"act": "certify"})
    assert [one.user for one in TrainingPlace.objects.filter(certificate__isnull=False)] == [user]
    lead.post(page, {"take-back": away.pk})
    assert TrainingPlace.objects.get(user=away).state == PlaceState.LEFT
    lead.post(page, {"act": "end"})
    lead.post(page, {"act": "revoke", "user": user.pk})
    assert "attestation retirée" in lead.get(page).content.decode()
    lead.post(page, {"act": "restore", "user": user.pk})
    # Nobody else does any of it, and no other act is known.
    peer = Browser().as_user(user)
    for act in ("presence", "certify", "end", "open", "revoke", "take-back", "drop"):
        assert peer.post(page, {"act": act, "user": user.pk, "take-back": user.pk, "step": step.pk}).status_code == 303
    training.refresh_from_db()
    assert (training.state, TrainingPlace.objects.get(user=user).revoked_at) == (TrainingState.ENDED, None)
    assert peer.post(page, {"act": "x"}).status_code == 400
    assert user.full_name not in Browser().as_user(away).get(page).content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_is_read_in_as_many_queries_however_long(
    browser: Browser, network: Network, trainer: User, number: int, django_assert_num_queries: object
) -> None:
    user = make_member(network).user
    browser.as_user(user)
    page = reverse("mentoring:trainings", args=[network.slug])
    empty = browser.get(page).content.decode()
    assert "Aucune formation n’est ouverte" in empty
    for place in range(number):
        make_training(trainer, network, title=f"Formation {place}")
        make_draft_training(user, network, title=f"Brouillon {place}")
        claim_place(user=user, training=make_training(trainer, network, title=f"Suivie {place}"))
    browser.get(page)
    with django_assert_num_queries(6):  # type: ignore[operator]
        html = browser.get(page).content.decode()
    assert html.count("item__title") == 3 * number
