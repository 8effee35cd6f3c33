"""Trainings: what members teach each other, who follows it, and certificates."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from mentoring.enums import PlaceState
from mentoring.models import Training, TrainingStep
from mentoring.policies.trainings import TrainingAbilities, can_change_training, can_offer_training
from mentoring.queries import trainings as queries
from mentoring.services import certificates, training_places
from mentoring.services import trainings as services
from mentoring.training_forms import LessonForm, StepFormSet, TrainingForm, initial_of, steps_in
from mentoring.training_words import duration, title_of
from peerhub.people.http import allow, person, press, submit
from peerhub.people.limits import require_pace
from peerhub.people.models import User
from peerhub.people.queries import membership_for, own_network_for
from peerhub.ui.shortcuts import integer, or_404, posted_key, see_other

LESSON = ("token", "title", "starts_at", "minutes", "place", "meeting_url")


@require_safe
@login_required
def trainings(request: HttpRequest, slug: str) -> HttpResponse:
    user = person(request)
    network, membership = or_404(own_network_for, user, slug)
    found = queries.trainings_page(user, network)
    context = {"network": network, "found": found, "can_offer": bool(can_offer_training(membership))}
    return render(request, "mentoring/trainings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def training_new(request: HttpRequest, slug: str) -> HttpResponse:
    user = person(request)
    network, membership = or_404(own_network_for, user, slug)
    allow(can_offer_training(membership))
    form = TrainingForm(request.POST if request.method == "POST" else None, token=uuid4())

    def write() -> Training:
        require_pace(user.pk)
        token = form.cleaned_data["token"] or uuid4()
        return services.write_training(trainer=user, network=network, token=token, **_written(form))

    made, status = submit(form, write)
    if made is not None:
        return see_other("mentoring:training-steps", made.pk)
    context = {"network": network, "form": form, "training": None}
    return render(request, "mentoring/training_form.html", context, status=status)


def _written(form: TrainingForm) -> dict[str, Any]:
    """What a service takes; once it is open, to whom a training is offered is asked no more."""
    return {"fields": form.written(), "audience": form.cleaned_data.get("audience", "")}


def _changed(request: HttpRequest, pk: int) -> Training:
    """A training that the person may change: 404 for what they may not see."""
    user = person(request)
    found = or_404(queries.training_for, user, pk)
    allow(can_change_training(membership_for(user, found.network), found))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def training_edit(request: HttpRequest, pk: int) -> HttpResponse:
    user, found = person(request), _changed(request, pk)
    form = TrainingForm(request.POST if request.method == "POST" else None, training=found)
    changed, status = submit(form, lambda: services.change_training(trainer=user, training=found, **_written(form)))
    if changed is not None:
        messages.success(request, _("La formation est enregistrée."))
        return see_other(found)
    context = {"network": found.network, "form": form, "training": found}
    return render(request, "mentoring/training_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def training_steps(request: HttpRequest, pk: int) -> HttpResponse:
    """The path: its steps, and the sessions that are planned for it."""
    user, found = person(request), _changed(request, pk)
    plans = request.method == "POST" and request.POST.get("act") == "plan"
    lays = request.method == "POST" and not plans
    formset = StepFormSet(request.POST if lays else None, initial=initial_of(queries.steps_of(found)), prefix="etapes")
    lesson = LessonForm(request.POST if plans else None, zone=user.time_zone, token=uuid4())
    planned, status = submit(lesson, lambda: _plan(user, found, lesson))
    if planned is not None:
        messages.success(request, _("La séance est dans le parcours, et dans les agendas de qui le suit."))
        return see_other("mentoring:training-steps", found.pk)
    if lays and formset.is_valid():
        act = partial(services.set_steps, trainer=user, training=found, steps=steps_in(formset))
        if press(request, act, _("Le parcours est enregistré.")):
            return see_other(found)
    context = {"network": found.network, "training": found, "formset": formset, "lesson": lesson}
    return render(request, "mentoring/training_steps.html", context, status=422 if lays else status)


def _plan(user: User, training: Training, form: LessonForm) -> TrainingStep:
    said = {name: form.cleaned_data[name] for name in LESSON}
    return services.plan_step(trainer=user, training=training, timezone_name=user.time_zone, **said)


# What is asked twice before it is done is the name of a field.
TAKE_BACK = "take-back"
# What the page of a training asks for (`act`), and what is said once it is done.
Act = Callable[[HttpRequest, User, Training], str]


def _claim(request: HttpRequest, user: User, training: Training) -> str:
    is_ready = request.POST.get("ready") == "1"
    place = training_places.claim_place(user=user, training=training, is_ready=is_ready)
    if place.state == PlaceState.HELD:
        return _("Vous avez une place. Les séances prévues pour cette formation entrent dans votre agenda.")
    return _("Vous êtes en liste d’attente : la première place libre sera pour qui attend depuis le plus longtemps.")


def _leave(_request: HttpRequest, user: User, training: Training) -> str:
    training_places.leave_place(user=user, training=training)
    return _("Votre place est rendue.")


def _read(request: HttpRequest, user: User, training: Training) -> str:
    is_done = request.POST.get("done") == "1"
    certificates.mark_read(user=user, training=training, step_id=posted_key(request, "step"), is_done=is_done)
    return _("C’est noté.")


def _own_certificate(_request: HttpRequest, user: User, training: Training) -> str:
    certificates.claim_certificate(user=user, training=training)
    return _("Votre attestation est prête.")


def _open(_request: HttpRequest, user: User, training: Training) -> str:
    services.open_training(trainer=user, training=training)
    return _("La formation est ouverte.")


def _end(_request: HttpRequest, user: User, training: Training) -> str:
    services.end_training(trainer=user, training=training)
    return _("La formation est terminée, et les attestations sont remises.")


def _presence(request: HttpRequest, user: User, training: Training) -> str:
    there = {number for text in request.POST.getlist("present") if (number := integer(text))}
    certificates.mark_presence(trainer=user, training=training, step_id=posted_key(request, "step"), user_ids=there)
    return _("La présence est enregistrée.")


def _certify(_request: HttpRequest, user: User, training: Training) -> str:
    number = certificates.certify_everyone(trainer=user, training=training)
    if not number:
        return _("Personne de plus n’a encore suivi assez d’étapes.")
    return ngettext("%(n)d attestation remise.", "%(n)d attestations remises.", number) % {"n": number}


def _revoke(request: HttpRequest, user: User, training: Training) -> str:
    certificates.revoke_certificate(trainer=user, training=training, user_id=posted_key(request, "user"))
    return _("L’attestation est retirée.")


def _restore(request: HttpRequest, user: User, training: Training) -> str:
    certificates.restore_certificate(trainer=user, training=training, user_id=posted_key(request, "user"))
    return _("L’attestation est rendue.")


def _take_back(request: HttpRequest, user: User, training: Training) -> str:
    training_places.take_place_back(trainer=user, training=training, user_id=posted_key(request, TAKE_BACK))
    return _("La place est libre.")


ACTS: Mapping[str, Act] = {
    "claim": _claim,
    "leave": _leave,
    "read": _read,
    "certificate": _own_certificate,
    "open": _open,
    "end": _end,
    "presence": _presence,
    "certify": _certify,
    "revoke": _revoke,
    "restore": _restore,
    TAKE_BACK: _take_back,
}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def training(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    found = or_404(queries.training_for, user, pk)
    if request.method == "POST":
        return _act(request, user, found)
    membership = membership_for(user, found.network)
    place = queries.place_of(user, found)
    can = TrainingAbilities.of(membership, found, place)
    shown = queries.training_view(user, found, place, leads=can.lead)
    return render(request, "mentoring/training.html", {"network": found.network, "shown": shown, "can": can})


def _act(request: HttpRequest, user: User, found: Training) -> HttpResponse:
    if request.POST.get("act") == "drop":
        return _drop(request, user, found)
    act = ACTS.get(request.POST.get("act", TAKE_BACK if TAKE_BACK in request.POST else ""))
    if act is None:
        raise BadRequest
    press(request, partial(act, request, user, found), str)
    return see_other(found)


def _drop(request: HttpRequest, user: User, found: Training) -> HttpResponse:
    if not press(request, partial(services.drop_training, trainer=user, training=found)):
        return see_other(found)
    return see_other("mentoring:trainings", found.network.slug)


# --- Certificates -------------------------------------------------------------------------------------------------


@require_safe
def certificate(request: HttpRequest, number: UUID) -> HttpResponse:
    """Whether a certificate holds: for whoever was given its address, without an account."""
    shown = or_404(queries.certificate_by, number)
    context = {
        "shown": shown,
        "title": title_of(shown),
        "hours": duration(shown.says.minutes) if shown.says.minutes else "",
        "is_mine": request.user.pk == shown.place.user_id,
    }
    response = render(request, "mentoring/certificate.html", context)
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@login_required
def certificate_pdf(request: HttpRequest, number: UUID) -> HttpResponse:
    """The paper of one's own certificate."""
    from mentoring.training_papers import certificate_pdf as written  # noqa: PLC0415 - 20 MB, which few processes need

    shown = or_404(queries.certificate_by, number)
    if shown.place.user_id != person(request).pk or shown.is_revoked:
        raise Http404
    address = settings.PUBLIC_URL + reverse("mentoring:certificate", args=[number])
    content = written(shown, address=address, today=date_format(timezone.localdate(), "j F Y"))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="attestation-{number}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response
