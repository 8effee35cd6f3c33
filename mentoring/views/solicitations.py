"""Asking a peer, answering, and the moment on which the two agree."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mentoring.enums import NeedKind, SolicitationState
from mentoring.limits import count_ask, count_words, has_asked_often, may_open_profile, why_not_ask
from mentoring.models import Need, Solicitation
from mentoring.policies.solicitations import SolicitationAbilities, can_ask, can_close
from mentoring.queries import solicitations as queries
from mentoring.queries.needs import own_need_for
from mentoring.queries.suggestions import suggestions_for
from mentoring.services import solicitations as services
from mentoring.services.exchanges import close_exchange
from mentoring.solicitation_forms import AskForm, ClosingExchangeForm, DeclineForm, MomentForm
from peerhub.people.errors import DomainError, TooOften
from peerhub.people.http import allow, person, refusal_status, submit
from peerhub.people.models import User
from peerhub.people.queries import membership_for
from peerhub.ui.shortcuts import or_404, see_other


@require_safe
@login_required
def solicitations(request: HttpRequest) -> HttpResponse:
    """What is asked of the person, and what they ask."""
    user = person(request)
    return render(request, "mentoring/solicitations.html", {"box": queries.box_of(user), "user_pk": user.pk})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def solicitation_new(request: HttpRequest, need_pk: int, user_pk: int) -> HttpResponse:
    """One question to one peer, and whom to ask after them."""
    user = person(request)
    need = or_404(own_need_for, user, need_pk)
    entry = or_404(queries.entry_to_ask, need, user_pk)
    allow(can_ask(user, membership_for(user, need.network), need))
    posted = request.POST if request.method == "POST" else None
    if posted is None and (refusal := _refusal(user, need, user_pk)):
        messages.warning(request, refusal)
        return see_other("mentoring:need", need.pk)
    form = AskForm(posted, need=need, others=_others(user, need, user_pk))

    def send() -> list[Solicitation]:
        asked = form.asked(user_pk)
        # Sent once more, it is no other question.
        if not queries.was_asked(need, user_pk):
            count_ask(user, *asked["peers"])
        return services.send_solicitations(asker=user, need=need, **asked)

    sent, status = submit(form, send)
    if sent is not None:
        messages.success(request, _("Votre demande est partie. Vous verrez ici ce qu’elle devient."))
        return see_other("mentoring:need", need.pk)
    context = {"need": need, "network": need.network, "entry": entry, "peer": entry.user, "form": form}
    return render(request, "mentoring/solicitation_form.html", context, status=status)


def _refusal(user: User, need: Need, peer_id: int) -> str:
    """What would be answered to a question, before it is written; nothing: it may be asked. It counts as opening the
    page of a person, so that nobody tries them all."""
    if not may_open_profile(user):
        return _("Vous avez ouvert beaucoup de pages en peu de temps : réessayez dans une heure.")
    return why_not_ask(user, peer_id) or services.why_not_asked(need, [peer_id])


def _others(user: User, need: Need, first: int) -> list[tuple[int, str]]:
    """Those who are suggested besides, in that order, and whom the person has not asked too often."""
    found = [one.entry.user for one in suggestions_for(user, need) if one.entry.user_id != first]
    kept = [(one.pk, one.full_name) for one in found if not has_asked_often(user, one.pk)]
    return kept[: services.MOST_AT_ONCE - 1]


@dataclass(frozen=True)
class Act:
    """What a button does: its form, if it has one, and what is said once it is done."""

    do: Callable[[], object]
    said: str
    form: Form | None = None


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def solicitation(request: HttpRequest, pk: int) -> HttpResponse:
    """One ask, as either of the two sees it; `act` says what a posted form does."""
    user = person(request)
    found = or_404(queries.solicitation_for, user, pk)
    if request.method != "POST":
        services.mark_seen(peer=user, solicitation=found)
        return _page(request, user, found)
    make = ACTS.get(request.POST.get("act", ""))
    if make is None:
        return see_other(found)
    try:
        act = make(request, user, found)
    except TooOften as refusal:
        return _page(request, user, found, DeclineForm.refused(request.POST, str(refusal)), 429)
    if act.form is not None and not act.form.is_valid():
        return _page(request, user, found, act.form, 422)
    try:
        act.do()
    except DomainError as refusal:
        if act.form is None:
            messages.error(request, str(refusal))
            return see_other(found)
        act.form.add_error(None, str(refusal))
        return _page(request, user, found, act.form, refusal_status(refusal))
    messages.success(request, act.said)
    is_back = request.POST.get("next") == "need" and found.asker_id == user.pk
    return see_other("mentoring:need", found.need_id) if is_back else see_other(found)


def _accept(_request: HttpRequest, user: User, found: Solicitation) -> Act:
    act = partial(services.accept_solicitation, peer=user, solicitation=found)
    if found.need.kind == NeedKind.MENTORING:
        return Act(act, _("Merci. Convenez maintenant de ce que sera cet accompagnement."))
    return Act(act, _("Votre conversation est ouverte : un mot suffit pour commencer."))


def _decline(request: HttpRequest, user: User, found: Solicitation) -> Act:
    form = DeclineForm(request.POST)
    if words := request.POST.get("name", "")[:100]:
        count_words(user)
        form.choose_among(queries.named_to_pass_on(user, found, words))

    def do() -> object:
        return services.decline_solicitation(peer=user, solicitation=found, **form.declined())

    if words:
        return Act(do, _("C’est dit, et votre idée est transmise. Merci d’avoir répondu."), form)
    return Act(do, _("C’est dit. Merci d’avoir répondu."), form)


def _withdraw(_request: HttpRequest, user: User, found: Solicitation) -> Act:
    return Act(partial(services.withdraw_solicitation, asker=user, solicitation=found), _("La demande est retirée."))


def _send(_request: HttpRequest, user: User, found: Solicitation) -> Act:
    return Act(partial(services.send_now, asker=user, solicitation=found), _("La demande est partie."))


def _meet(request: HttpRequest, user: User, found: Solicitation) -> Act:
    """One moment is a meeting; several are a poll of two."""
    form = MomentForm(request.POST, zone=user.time_zone)

    def do() -> object:
        if not form.cleaned_data["others"]:
            return services.plan_call(actor=user, solicitation=found, **form.meeting())
        zone, token = user.time_zone, form.cleaned_data["token"]
        return services.propose_moments(
            actor=user, solicitation=found, options=form.options(), token=token, timezone_name=zone
        )

    several = any(request.POST.get(f"other_on_{number}") for number in (1, 2))
    said = _("Vos moments sont proposés : l’autre choisit.") if several else _("C’est dans vos deux agendas.")
    return Act(do, said, form)


def _close(request: HttpRequest, user: User, found: Solicitation) -> Act:
    form = ClosingExchangeForm(request.POST)

    def do() -> object:
        return close_exchange(actor=user, solicitation=found, **form.closed())

    return Act(do, _("Votre échange est clos. Votre conversation vous reste."), form)


ACTS: dict[str, Callable[[HttpRequest, User, Solicitation], Act]] = {
    "accept": _accept,
    "decline": _decline,
    "withdraw": _withdraw,
    "send": _send,
    "meet": _meet,
    "close": _close,
}


def _page(
    request: HttpRequest, user: User, found: Solicitation, form: Form | None = None, status: int = 200
) -> HttpResponse:
    can = SolicitationAbilities.of(user, membership_for(user, found.network), found)
    sequel = queries.sequel_of(user, found)
    context: dict[str, Any] = {
        "one": found,
        "need": found.need,
        "network": found.network,
        "is_mine": found.asker_id == user.pk,
        # Who was asked reads what was taken back no more.
        "is_taken_back": found.state == SolicitationState.WITHDRAWN and found.asker_id != user.pk,
        "other": found.peer if found.asker_id == user.pk else found.asker,
        "can": can,
        "sequel": sequel,
    }
    if found.state == SolicitationState.DECLINED and found.peer_id == user.pk:
        context["passed_on"] = queries.passed_on(found)
    if can.answer:
        context["decline"] = form if isinstance(form, DeclineForm) else DeclineForm()
    if can.meet and sequel.mentorship is None:
        context["moment"] = form if isinstance(form, MomentForm) else MomentForm(zone=user.time_zone)
    if can_close(user, found, has_mentorship=sequel.mentorship is not None):
        is_closing = isinstance(form, ClosingExchangeForm)
        context["closing"] = form if is_closing else ClosingExchangeForm(initial={"token": uuid4()})
    return render(request, "mentoring/solicitation.html", context, status=status)
