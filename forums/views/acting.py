"""Thanking for a post, saying that one tried it, and reading who did."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forums import queries
from forums.acting_forms import TriedForm
from forums.enums import ReactionKind
from forums.policies import can_try
from forums.queries.reactions import counts_of, marks_for, own_trial, reactions_to
from forums.services.reactions import react, take_back
from forums.views.presenting import TOO_MUCH
from forums.views.reacting import reaction_bar, words_of_trial
from forums.views.surroundings import address_of, around_post, around_shown, refused
from peerhub.people.errors import DomainError
from peerhub.people.http import person, sign_in_if_absent
from peerhub.people.limits import within_limit
from peerhub.people.verdicts import Denied
from peerhub.ui.shortcuts import is_htmx, or_404, see_other

REACTIONS_PER_MINUTE = 40


@require_POST
@login_required
def post_react(request: HttpRequest, pk: int) -> HttpResponse:
    """`thanks` or `useful`, 1 to tell it and 0 to take it back: twice the same press is one."""
    found = or_404(queries.post_menu, request.user, pk)
    user = person(request)
    named = [kind for kind in (ReactionKind.THANKS, ReactionKind.USEFUL) if request.POST.get(kind.value) in {"0", "1"}]
    if len(named) != 1:
        raise Http404
    if not within_limit("react", user.pk, times=REACTIONS_PER_MINUTE, seconds=60):
        return HttpResponse(status=429)
    verb = react if request.POST[named[0].value] == "1" else take_back
    try:
        verb(user=user, post=found.post, kind=named[0])
    except DomainError as error:
        return refused(request, error, back=address_of(found))
    if is_htmx(request):
        post = counts_of(pk)
        marks = marks_for(user, found.topic, found.membership, [post])
        return HttpResponse(reaction_bar(post, marks, may_act=True))
    return see_other(address_of(found))


@login_required
@require_http_methods(["GET", "POST"])
def post_tried(request: HttpRequest, pk: int) -> HttpResponse:
    """« Je l’ai essayé »: tell it, tell it otherwise, or take it back."""
    found = or_404(queries.post_menu, request.user, pk)
    user = person(request)
    verdict = can_try(user, found.post, found.membership)
    if isinstance(verdict, Denied):
        return refused(request, verdict, back=address_of(found))
    own = own_trial(user, found.post)
    initial = {"note": own.note, "territory": own.territory.suggestion if own.territory else ""} if own else None
    form = TriedForm(request.POST or None, initial=initial)
    if request.method == "POST":
        if not within_limit("react", user.pk, times=REACTIONS_PER_MINUTE, seconds=60):
            return refused(request, str(TOO_MUCH), back=address_of(found), status=429)
        try:
            if "withdraw" in request.POST:
                take_back(user=user, post=found.post, kind=ReactionKind.TRIED)
                return see_other(address_of(found))
            # Two optional lines: a form without any is a press of the button alone.
            form = TriedForm(request.POST)
            if form.is_valid():
                react(user=user, post=found.post, kind=ReactionKind.TRIED, **form.cleaned_data)
                return see_other(address_of(found))
        except DomainError as error:
            return refused(request, error, back=address_of(found))
    context = {**around_post(found), "form": form, "own": own}
    return render(request, "forums/tried.html", context, status=422 if form.is_bound else 200)


@require_safe
@sign_in_if_absent
def post_trials(request: HttpRequest, pk: int) -> HttpResponse:
    """Everyone who tried what a post says."""
    post, trials = or_404(reactions_to, request.user, pk, [ReactionKind.TRIED])
    context = {
        **around_shown(post),
        # What can be reported: a signed-in person's own note is not.
        "trials": [
            (words_of_trial(trial), trial.pk if trial.note and request.user.pk not in {None, trial.user_id} else 0)
            for trial in trials
        ],
    }
    return render(request, "forums/tried_list.html", context)


@require_safe
@login_required
def post_reactions(request: HttpRequest, pk: int) -> HttpResponse:
    """Who thanked for a post, and who found it useful."""
    post, reactions = or_404(reactions_to, request.user, pk, [ReactionKind.THANKS, ReactionKind.USEFUL])
    groups = [
        (kind.label, [one for one in reactions if one.kind == kind])
        for kind in (ReactionKind.THANKS, ReactionKind.USEFUL)
    ]
    context = {**around_shown(post), "groups": [(label, people) for label, people in groups if people]}
    return render(request, "forums/reacted_list.html", context)
