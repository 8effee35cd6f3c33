"""Changing a post, reading what was changed, taking a post away and bringing it back."""

from dataclasses import asdict

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forums import queries
from forums.acting_forms import EditForm, RemovalForm, ReportEditForm
from forums.difference import difference_html
from forums.enums import RemovalKind
from forums.models import post_url
from forums.policies import can_edit_post, can_remove_post, can_restore_post
from forums.queries.history import edit_count, history_for, removed_for, report_of
from forums.queries.menus import PostMenu
from forums.services.editing import EditConflict, edit_post, remove_post, restore_post
from forums.services.experience import ReportFields, compose_report, with_rest
from forums.services.writing import BadText
from forums.views.presenting import TOO_MUCH, audience
from forums.views.surroundings import address_of, around_post, refused
from peerhub.people.errors import DomainError
from peerhub.people.http import person, refusal_status
from peerhub.people.limits import may_write
from peerhub.people.models import User
from peerhub.people.verdicts import Denied
from peerhub.ui.shortcuts import or_404, see_other


@login_required
@require_http_methods(["GET", "POST"])
def post_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = or_404(queries.post_menu, request.user, pk)
    user, post = person(request), found.post
    verdict = can_edit_post(user, post, found.membership, looks_after=found.looks_after)
    form = _edit_form(found, user, request.POST or None)
    if isinstance(verdict, Denied):
        return _form(request, found, form, error=str(verdict.reason), status=403)
    if request.method == "GET" or not form.is_valid():
        return _form(request, found, form, status=422 if form.is_bound else 200)
    if not may_write(user.pk):
        return _form(request, found, form, error=str(TOO_MUCH), status=429)
    try:
        edited = edit_post(actor=user, post=post, **form.cleaned_data)
    except EditConflict as conflict:
        return _conflict(request, found, form, conflict)
    except BadText as error:
        form.add_error("body", str(error))
        return _form(request, found, form, status=422)
    except DomainError as error:
        status = refusal_status(error)
        return _form(request, found, form, error=str(error), status=status)
    return see_other(post_url(edited.topic.pk, edited.topic.slug, edited.number))


def _edit_form(found: PostMenu, user: User, data: QueryDict | None) -> EditForm:
    """By its parts for an experience report, as one text for everything else."""
    post = found.post
    initial = {"title": found.topic.title, "body": post.body, "version": edit_count(post)}
    kind = {"is_opening": post.number == 1, "is_author": post.author_id == user.pk}
    report = report_of(post)
    # A text that was not written from these fields (imported, say) is edited as it is.
    if report is None or not post.body.startswith(compose_report(report)):
        return EditForm(data, initial=initial, **kind)
    return ReportEditForm(data, initial=initial | asdict(with_rest(ReportFields.of(report), post.body)), **kind)


def _form(
    request: HttpRequest, found: PostMenu, form: EditForm, *, status: int, error: str = "", **more: object
) -> HttpResponse:
    context = {
        **around_post(found),
        "form": form,
        "error": error,
        "is_refused": status == 403,
        "circle": audience(found.topic.circle),
        **more,
    }
    return render(request, "forums/edit.html", context, status=status)


def _conflict(request: HttpRequest, found: PostMenu, form: EditForm, conflict: EditConflict) -> HttpResponse:
    """Both texts, and what differs; the form now begins from the other one's edit."""
    data = request.POST.copy()
    data["version"] = str(conflict.version)
    again = _edit_form(found, person(request), data)
    theirs = conflict.current.body
    return _form(
        request,
        found,
        again,
        status=409,
        error=str(conflict),
        theirs=theirs,
        difference=difference_html(theirs, form.cleaned_data["body"]),
    )


@login_required
@require_safe
def post_history(request: HttpRequest, pk: int) -> HttpResponse:
    history = or_404(history_for, request.user, pk)
    changes = [
        {
            "change": change,
            "title": difference_html(change.title_before, change.title_after)
            if change.title_before != change.title_after
            else "",
            "body": difference_html(change.before, change.after) if change.before != change.after else "",
        }
        for change in history.changes
    ]
    return render(request, "forums/history.html", {**around_post(history.menu), "changes": changes})


@login_required
@require_http_methods(["GET", "POST"])
def post_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """GET asks, POST does it."""
    found = or_404(queries.post_menu, request.user, pk)
    user, post = person(request), found.post
    verdict = can_remove_post(user, post, found.membership, looks_after=found.looks_after)
    if isinstance(verdict, Denied):
        return refused(request, verdict, back=address_of(found))
    is_author = post.author_id == user.pk
    form = RemovalForm(request.POST or None, is_author=is_author)
    if request.method == "POST":
        form = RemovalForm(request.POST, is_author=is_author)
        if form.is_valid():
            kind = RemovalKind.AUTHOR if is_author else RemovalKind.MODERATION
            try:
                remove_post(actor=user, post=post, reason=form.cleaned_data["reason"], kind=kind)
            except DomainError as error:
                return refused(request, error, back=address_of(found))
            words = _("Le message est retiré. Vous pouvez le rétablir là où il était.")
            messages.success(request, words)
            return see_other(address_of(found))
    context = {**around_post(found), "form": form, "is_author": is_author}
    return render(request, "forums/remove.html", context, status=422 if form.is_bound else 200)


@require_POST
@login_required
def post_restore(request: HttpRequest, pk: int) -> HttpResponse:
    found = or_404(queries.post_menu, request.user, pk)
    try:
        restore_post(actor=person(request), post=found.post)
    except DomainError as error:
        return refused(request, error, back=address_of(found))
    messages.success(request, _("Le message est rétabli."))
    return see_other(address_of(found))


@login_required
@require_safe
def post_removed(request: HttpRequest, pk: int) -> HttpResponse:
    """What a removed post said, and why it was removed: for its author, and for who looks after the topic."""
    found = or_404(removed_for, request.user, pk)
    may_restore = can_restore_post(person(request), found.post, found.membership, looks_after=found.looks_after)
    context = {
        **around_post(found),
        "may_restore": may_restore,
        "is_moderated": found.post.removal_kind == RemovalKind.MODERATION,
    }
    return render(request, "forums/removed.html", context)
