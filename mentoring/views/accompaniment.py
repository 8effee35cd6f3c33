"""Notes, check-ins, opinions and thanks of those who help each other; and what animators see of it: states, delays."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mentoring.accompaniment import accompaniment_of
from mentoring.accompaniment_forms import CheckInForm, FeedbackForm, NoteForm, ThanksForm
from mentoring.models import Mentorship
from mentoring.policies.accompaniment import Helped
from mentoring.policies.mentorships import can_follow
from mentoring.queries import accompaniment as queries
from mentoring.queries.mentorship_desk import mentorship_desk as desk_of
from mentoring.queries.mentorships import mentorship_for
from mentoring.services import check_ins
from mentoring.services import notes as services
from mentoring.services import thanks as thanking
from mentoring.services.feedback import give_feedback
from peerhub.people.errors import DomainError
from peerhub.people.http import allow, person, press, refusal_status
from peerhub.people.models import User
from peerhub.people.policies import can_animate
from peerhub.people.queries import own_network_for
from peerhub.ui.shortcuts import integer, or_404, posted_key, safe_next, see_other

# What is asked twice before it is done is the name of a field.
NOTE_DROP, THANKS_DROP = "note-drop", "thanks-drop"


@dataclass(frozen=True)
class Attempt:
    """An act of one of the people: what it does once its form is valid, what is said then, that form's name."""

    do: Callable[[], object]
    said: str = ""
    name: str = ""
    form: forms.Form | None = None


# The name of a form that was refused, and that form.
Sent = tuple[str, forms.Form]
Act = Callable[[HttpRequest, User, Helped], Attempt]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def accompaniment(request: HttpRequest, pk: int) -> HttpResponse:
    """Of a mentorship; `?note=` is one of one's own, to be written anew."""
    user = person(request)
    helped = or_404(mentorship_for, user, pk)
    allow(can_follow(user, helped))
    return _answer(request, user, helped)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def thanks(request: HttpRequest, pk: int) -> HttpResponse:
    """Of an ask that was accepted."""
    user = person(request)
    return _answer(request, user, or_404(queries.exchange_for, user, pk))


def _answer(request: HttpRequest, user: User, helped: Helped) -> HttpResponse:
    if request.method != "POST":
        return _page(request, user, helped)
    sure = next((name for name in (NOTE_DROP, THANKS_DROP) if name in request.POST), "")
    act = ACTS.get(request.POST.get("act", sure))
    if act is None:
        return _page(request, user, helped, status=422)
    return _attempt(request, user, helped, act(request, user, helped))


def _attempt(request: HttpRequest, user: User, helped: Helped, attempt: Attempt) -> HttpResponse:
    """What was typed stays in its form, whatever was wrong with it."""
    refused = (attempt.name, attempt.form) if attempt.form else None
    if attempt.form and not attempt.form.is_valid():
        return _page(request, user, helped, refused=refused, status=422)
    try:
        attempt.do()
    except DomainError as refusal:
        if attempt.form:
            attempt.form.add_error(None, str(refusal))
        else:
            messages.error(request, str(refusal))
        return _page(request, user, helped, refused=refused, status=refusal_status(refusal))
    if attempt.said:
        messages.success(request, attempt.said)
    return see_other(safe_next(request, accompaniment_of(user, helped).action))


def _page(
    request: HttpRequest, user: User, helped: Helped, *, refused: Sent | None = None, status: int = 200
) -> HttpResponse:
    note = None
    if isinstance(helped, Mentorship) and (key := posted_key(request, "note") or integer(request.GET.get("note", ""))):
        note = or_404(queries.own_note, user, helped, key)
    found = accompaniment_of(user, helped, note=note, typed=dict([refused] if refused else []))
    context = {"around": found, "network": helped.network, "helped": helped, "next": request.POST.get("next", "")}
    return render(request, "mentoring/accompaniment.html", context, status=status)


def _note(request: HttpRequest, user: User, helped: Helped) -> Attempt:
    form, key = NoteForm(request.POST), posted_key(request, "note")
    if not isinstance(helped, Mentorship):
        raise Http404

    def write() -> None:
        body, token = form.cleaned_data["body"], form.cleaned_data["token"]
        if key:
            services.rewrite_note(author=user, pk=key, body=body, is_shared=form.is_shared)
        else:
            services.write_note(author=user, mentorship=helped, body=body, is_shared=form.is_shared, token=token)

    return Attempt(write, _("Votre note est gardée."), "note", form)


def _note_drop(request: HttpRequest, user: User, _helped: Helped) -> Attempt:
    return Attempt(partial(services.drop_note, author=user, pk=posted_key(request, NOTE_DROP)))


def _check_in(request: HttpRequest, user: User, _helped: Helped) -> Attempt:
    form = CheckInForm(request.POST)
    return Attempt(
        lambda: check_ins.answer_check_in(user=user, pk=posted_key(request), **form.cleaned_data),
        _("Merci, c’est noté."),
        "check_in",
        form,
    )


def _thank(request: HttpRequest, user: User, helped: Helped) -> Attempt:
    key = posted_key(request)
    form = ThanksForm(request.POST, prefix=f"thanks-{key}")
    return Attempt(
        lambda: thanking.thank(author=user, helped=helped, recipient_id=key, **form.cleaned_data),
        _("Votre mot est transmis."),
        f"thanks-{key}",
        form,
    )


def _feedback(request: HttpRequest, user: User, helped: Helped) -> Attempt:
    key = posted_key(request)
    form = FeedbackForm(request.POST, prefix=f"feedback-{key}")
    return Attempt(
        lambda: give_feedback(author=user, helped=helped, about_id=key, **form.cleaned_data),
        _("Merci, c’est noté. Personne d’autre ne le lira."),
        f"feedback-{key}",
        form,
    )


def _thanks_publish(request: HttpRequest, user: User, _helped: Helped) -> Attempt:
    act = partial(thanking.publish_thanks, recipient=user, pk=posted_key(request))
    return Attempt(act, _("Ce mot est sur votre fiche."))


def _thanks_hide(request: HttpRequest, user: User, _helped: Helped) -> Attempt:
    return Attempt(partial(thanking.hide_thanks, user=user, pk=posted_key(request)))


def _thanks_drop(request: HttpRequest, user: User, _helped: Helped) -> Attempt:
    return Attempt(partial(thanking.drop_thanks, author=user, pk=posted_key(request, THANKS_DROP)))


ACTS: dict[str, Act] = {
    "note": _note,
    NOTE_DROP: _note_drop,
    "check-in": _check_in,
    "thank": _thank,
    "feedback": _feedback,
    "thanks-publish": _thanks_publish,
    "thanks-hide": _thanks_hide,
    THANKS_DROP: _thanks_drop,
}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def mentorship_desk(request: HttpRequest, slug: str) -> HttpResponse:
    """What animators see of mentorships: states, dates, categories, and who asks for help."""
    user = person(request)
    network, membership = or_404(own_network_for, user, slug)
    allow(can_animate(membership))
    if request.method == "POST":
        act = check_ins.close_help if request.POST.get("act") == "done" else check_ins.take_help
        press(request, partial(act, animator=user, network=network, pk=posted_key(request)))
        return see_other(reverse("mentoring:mentorship-desk", args=[network.slug]))
    context = {"network": network, "desk": desk_of(user, network)}
    return render(request, "mentoring/mentorship_desk.html", context)
