"""Thanking for a post, saying that one tried it, and reading who did."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forums import queries
from forums.acting_forms import TriedForm
from forums.enums import ReactionKind
from forums.models import Post, post_url
from forums.policies import can_try
from forums.queries.menus import PostMenu
from forums.queries.reactions import marks_for, own_trial, reactions_to
from forums.services.reactions import react, take_back
from forums.views.presenting import TOO_MUCH
from forums.views.reacting import reaction_bar, words_of_trial
from peerhub.people.errors import DomainError
from peerhub.people.http import person, refusal_status, sign_in_if_absent
from peerhub.people.limits import within_limit
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
        return _refused(request, str(error), 403)
    if is_htmx(request):
        counts = ("thanks_count", "useful_count", "tried_count")
        post = Post.objects.only("number", "author", "is_removed", *counts).get(pk=pk)
        marks = marks_for(user, found.topic, found.membership, [post])
        return HttpResponse(reaction_bar(post, marks, may_act=True))
    return see_other(_address(found))


@login_required
@require_http_methods(["GET", "POST"])
def post_tried(request: HttpRequest, pk: int) -> HttpResponse:
    """« Je l’ai essayé »: tell it, tell it otherwise, or take it back."""
    found = or_404(queries.post_menu, request.user, pk)
    user = person(request)
    if not (verdict := can_try(user, found.post, found.membership)):
        return _refused(request, str(verdict.reason), 403)
    own = own_trial(user, found.post)
    initial = {"note": own.note, "territory": own.territory.suggestion if own.territory else ""} if own else None
    form = TriedForm(request.POST or None, initial=initial)
    if request.method == "POST":
        if not within_limit("react", user.pk, times=REACTIONS_PER_MINUTE, seconds=60):
            return _refused(request, str(TOO_MUCH), 429)
        try:
            if "withdraw" in request.POST:
                take_back(user=user, post=found.post, kind=ReactionKind.TRIED)
                return see_other(_address(found))
            # Two optional lines: a form without any is a press of the button alone.
            form = TriedForm(request.POST)
            if form.is_valid():
                react(user=user, post=found.post, kind=ReactionKind.TRIED, **form.cleaned_data)
                return see_other(_address(found))
        except DomainError as error:
            return _refused(request, str(error), refusal_status(error))
    context = {**_room(found), "form": form, "own": own}
    return render(request, "forums/tried.html", context, status=422 if form.is_bound else 200)


@require_safe
@sign_in_if_absent
def post_trials(request: HttpRequest, pk: int) -> HttpResponse:
    """Everyone who tried what a post says."""
    post, trials = or_404(reactions_to, request.user, pk, [ReactionKind.TRIED])
    context = {
        **_place(post),
        "trials": [words_of_trial(trial) for trial in trials],
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
    context = {**_place(post), "groups": [(label, people) for label, people in groups if people]}
    return render(request, "forums/reacted_list.html", context)


def _place(post: Post) -> dict[str, object]:
    return {
        "post": post,
        "topic": post.topic,
        "network": post.topic.network,
        "address": post_url(post.topic.pk, post.topic.slug, post.number),
    }


def _room(found: PostMenu) -> dict[str, object]:
    return {**_place(found.post), "membership": found.membership}


def _address(found: PostMenu) -> str:
    return post_url(found.topic.pk, found.topic.slug, found.post.number)


def _refused(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    return render(request, "forums/refused.html", {"sentence": sentence}, status=status)
