"""Reading a topic, and opening one."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forums import queries
from forums.enums import TopicKind
from forums.forms import ReplyForm
from forums.heads import head_html
from forums.models import Post, post_url
from forums.policies import allowed_kinds, can_create_topic
from forums.queries import ForumPage, TopicHead
from forums.queries.curating import merged_into
from forums.queries.quotes import quote_for
from forums.services.holding import Held
from forums.services.reading import read_topic
from forums.services.tags import UnknownTags
from forums.services.topics import create_topic
from forums.stamps import moment, stamp
from forums.topic_forms import TopicForm, form_of_kind
from forums.views.presenting import (
    TOO_MUCH,
    audience,
    kind_choices,
    posts_html,
    topic_context,
    unseen_sentence,
)
from forums.views.uploads import cleaned_with_file
from peerhub.files.errors import BadFile
from peerhub.files.uploads import takes_files
from peerhub.people.errors import DomainError
from peerhub.people.http import person, refusal_status, same_for_visitors, sign_in_if_absent
from peerhub.people.limits import may_write
from peerhub.people.verdicts import Denied
from peerhub.ui.pagination import page_number
from peerhub.ui.shortcuts import or_404, see_other


@require_safe
@sign_in_if_absent
@same_for_visitors
def topic(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    try:
        head = queries.topic_for(request.user, pk)
    except ObjectDoesNotExist:
        return _merged(request, pk)
    if slug != head.topic.slug:
        query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
        return redirect(f"{head.topic.get_absolute_url()}{query}", permanent=bool(slug))
    if "after" in request.GET:
        return _catch_up(request, head)
    if "non-lu" in request.GET:
        return redirect(_first_unread(head))
    if "message" in request.GET:
        return redirect(_jump(request, head))
    page = or_404(queries.topic_page, head.topic, page_number(request))
    context = topic_context(request, head, page, _quoting(request, head))
    # Before the page is written: its bell and its counts say what is left to read.
    _note_read(request, head, page.posts[-1].number if page.posts else 0)
    return render(request, "forums/topic.html", context)


def _quoting(request: HttpRequest, head: TopicHead) -> ReplyForm | None:
    """The form that begins with a post of this topic, without JavaScript: `?citer=12`."""
    pk = request.GET.get("citer", "")
    if not (pk.isascii() and pk.isdigit() and len(pk) < 18) or not request.user.is_authenticated:
        return None
    try:
        found = queries.post_for(request.user, int(pk))
        quoted = quote_for(request.user, found.pk) if found.topic_id == head.topic.pk else ""
    except Post.DoesNotExist:
        return None
    return ReplyForm(initial={"body": quoted}) if quoted else None


def _merged(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the posts of a merged discussion are now; 404 for what is not open to the person."""
    topic = or_404(merged_into, request.user, pk)
    if "after" in request.GET:
        # An open page that catches up: nothing more will come under this address.
        raise Http404
    return redirect(topic)


def _catch_up(request: HttpRequest, head: TopicHead) -> HttpResponse:
    """What a page in front of someone has missed: the fragments of the page and of the live frames. With `changed` (the
    stamp of the page) also what changed since: the head of the topic, and of the posts those that it shows."""
    topic, after = head.topic, _number(request.GET["after"])
    posts = queries.posts_after(topic, after)
    rows, pieces = posts, []
    if "changed" in request.GET:
        since, (first, last) = _since(request), _shown(request)
        if topic.changed_at and topic.changed_at > since:
            rows = [*queries.posts_changed(topic, since, first, min(last, after)), *posts]
            pieces = [head_html(topic, head.tags)]
    response = HttpResponse("".join([*pieces, *posts_html(topic, rows)]))
    response.headers["Cache-Control"] = "no-store"
    response.headers["Live-Changed"] = stamp(topic.changed_at)
    if posts:
        _note_read(request, head, posts[-1].number)
    return response


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Http404
    return int(text)


def _since(request: HttpRequest) -> datetime:
    try:
        return moment(request.GET["changed"])
    except ValueError as error:
        raise Http404 from error


def _shown(request: HttpRequest) -> tuple[int, int]:
    first, _dash, last = request.GET.get("shown", "").partition("-")
    return _number(first), _number(last)


def _first_unread(head: TopicHead) -> str:
    """Where this person reads on; the last post when everything was read."""
    last = head.topic.last_number
    number = min(head.read_number + 1, last) or 1
    address = post_url(head.topic.pk, head.topic.slug, number)
    return f"{address.partition('#')[0]}#nouveau" if 0 < head.read_number < last else address


def _jump(request: HttpRequest, head: TopicHead) -> str:
    """Where the message of that number stands; the nearest one when there is none."""
    number = min(max(_number(request.GET["message"]), 1), max(1, head.topic.last_number))
    return post_url(head.topic.pk, head.topic.slug, number)


def _note_read(request: HttpRequest, head: TopicHead, number: int) -> None:
    if request.method == "HEAD" or not request.user.is_authenticated:
        return
    is_further = number > head.read_number
    seen = number if is_further else 0
    read_topic(user=person(request), topic_id=head.topic.pk, number=seen, rings=head.rings)


@require_POST
@login_required
def topic_read(request: HttpRequest, pk: int) -> HttpResponse:
    """What arrived live under the reader's eyes is read."""
    head = or_404(queries.topic_for, request.user, pk)
    number = _number(request.POST.get("number", ""))
    _note_read(request, head, min(number, head.topic.last_number))
    return HttpResponse(status=204)


@takes_files
@require_http_methods(["GET", "POST"])
def topic_create(request: HttpRequest, network_slug: str, forum_slug: str) -> HttpResponse:
    if not request.user.is_authenticated:
        return _signed_out(request)
    opened = or_404(queries.forum_for, request.user, network_slug, forum_slug)
    verdict = can_create_topic(request.user, opened.forum, opened.membership)
    kind = _kind(request, opened)
    form = form_of_kind(kind)(
        request.POST or None, request.FILES or None, membership=opened.membership, initial={"kind": kind}
    )
    if isinstance(verdict, Denied):
        return _form(request, opened, form, str(verdict.reason), 403)
    if request.method == "POST" and form.is_valid():
        if not may_write(person(request).pk):
            return _form(request, opened, form, str(TOO_MUCH), 429)
        try:
            fields = cleaned_with_file(form, owner=person(request), network=opened.network)
            created = create_topic(author=person(request), forum=opened.forum, **fields)
        except Held as waiting:
            messages.success(request, str(waiting))
            return see_other("forums:held", waiting.held.pk)
        except UnknownTags as error:
            form.add_error("tags", str(error))
            return _form(request, opened, form, "", 422)
        except BadFile as error:
            return _form(request, opened, form, str(error), 422)
        except DomainError as error:
            return _form(request, opened, form, str(error), refusal_status(error))
        unseen = unseen_sentence(created.network_id, opened.forum.circle, fields["body"])
        if unseen:
            messages.warning(request, unseen)
        return see_other(created.get_absolute_url())
    return _form(request, opened, form, "", 422 if form.is_bound else 200)


def _signed_out(request: HttpRequest) -> HttpResponse:
    """Who asks for the form is led to the sign-in page; who sends it, after the session ended, gets the text back."""
    if request.method != "POST":
        return redirect_to_login(request.get_full_path())
    form = form_of_kind(request.POST.get("kind", ""))(request.POST, membership=None)
    error = _("Vous n’êtes plus connecté·e. Votre texte n’est pas perdu : copiez-le avant de vous connecter.")
    return render(request, "forums/signed_out.html", {"form": form, "error": error}, status=403)


def _kind(request: HttpRequest, opened: ForumPage) -> str:
    """What the form says, else what the address asks for, else a question."""
    kind = request.POST.get("kind") or request.GET.get("nature") or ""
    return kind if kind in allowed_kinds(opened.membership) or request.method == "POST" else TopicKind.QUESTION


def _form(request: HttpRequest, opened: ForumPage, form: TopicForm, error: str, status: int) -> HttpResponse:
    context = {
        "network": opened.network,
        "membership": opened.membership,
        "forum": opened.forum,
        "circle": audience(opened.forum.circle),
        "form": form,
        "kinds": kind_choices(form),
        "error": error,
        "is_refused": status == 403,
    }
    return render(request, "forums/topic_create.html", context, status=status)
