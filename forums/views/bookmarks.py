"""What one keeps for oneself."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forums import queries
from forums.acting_forms import BookmarkForm, suggested_days
from forums.queries.bookmarks import bookmark_of, bookmarks_page
from forums.services.bookmarks import keep_post, let_go
from forums.views.surroundings import address_of, around_post
from peerhub.people.http import INVALID, person, submit
from peerhub.ui.pagination import page_number
from peerhub.ui.shortcuts import or_404, see_other


@login_required
@require_http_methods(["GET", "POST"])
def post_keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a post, with a note and a day; or change them."""
    found = or_404(queries.post_menu, request.user, pk)
    user, post = person(request), found.post
    if post.is_removed:
        raise Http404
    kept = bookmark_of(user, post)
    initial = {"note": kept.note, "remind_on": kept.remind_on} if kept else None
    form = BookmarkForm(request.POST if request.method == "POST" else None, initial=initial)
    bookmark, status = submit(
        form, lambda: keep_post(user=user, post=post, **form.cleaned_data), at="remind_on", refused=INVALID
    )
    if bookmark is not None:
        messages.success(request, _("Ce message est dans vos signets."))
        return see_other(address_of(found))
    today = timezone.localdate(timezone=ZoneInfo(user.time_zone))
    context = {**around_post(found), "form": form, "kept": kept, "days": suggested_days(today)}
    return render(request, "forums/bookmark.html", context, status=status)


@login_required
@require_safe
def bookmark_list(request: HttpRequest) -> HttpResponse:
    page = bookmarks_page(person(request), page_number(request))
    return render(request, "forums/bookmark_list.html", {"page": page})


@require_POST
@login_required
def bookmark_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """`pk` is the bookmark's: of a post that is no longer open, nothing else is known."""
    let_go(user=person(request), pk=pk)
    messages.success(request, _("Ce signet est retiré."))
    return see_other("forums:bookmark-list")
