"""Keeping an answer, and taking that back; with a reason for those who wish to give one."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from forums import queries
from forums.forms import ReasonForm
from forums.policies import can_accept_answer
from forums.services.answers import accept_answer, revoke_answer
from forums.services.reading import read_topic
from forums.views.reading import read_number
from forums.views.surroundings import address_of, around_post, refused
from peerhub.people.errors import DomainError
from peerhub.people.http import person
from peerhub.people.verdicts import Denied
from peerhub.ui.shortcuts import or_404, see_other


@login_required
@require_http_methods(["GET", "POST"])
def answer_accept(request: HttpRequest, pk: int) -> HttpResponse:
    return _answer(request, pk, is_kept=True)


@login_required
@require_http_methods(["GET", "POST"])
def answer_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    return _answer(request, pk, is_kept=False)


def _answer(request: HttpRequest, pk: int, *, is_kept: bool) -> HttpResponse:
    """GET asks for the reason, POST does it: the button under a post posts at once, its menu leads here."""
    found = or_404(queries.post_menu, request.user, pk)
    topic, user = found.topic, person(request)
    verdict = can_accept_answer(user, topic, found.membership, looks_after=found.looks_after)
    if isinstance(verdict, Denied):
        return refused(request, verdict, back=address_of(found))
    form = ReasonForm(
        request.POST if request.method == "POST" else None, initial={"reason": topic.accepted_reason if is_kept else ""}
    )
    if request.method == "GET" or not form.is_valid():
        context = {**around_post(found), "form": form, "is_kept": is_kept}
        return render(request, "forums/answer_reason.html", context, status=422 if form.is_bound else 200)
    verb = accept_answer if is_kept else revoke_answer
    try:
        verb(user=user, post=found.post, reason=form.cleaned_data["reason"])
    except DomainError as error:
        return refused(request, error, back=address_of(found))
    # Who keeps an answer has read it: the line « depuis votre dernière visite » does not stand before it.
    read_topic(user=user, topic_id=topic.pk, number=max(found.post.number, read_number(request, topic)))
    return see_other(address_of(found))
