"""Replying, and finding a post again."""

from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from forums import queries
from forums.forms import ReplyForm
from forums.fragments import PostRow, post_html
from forums.models import post_url
from forums.policies import can_reply, topic_abilities
from forums.queries import TopicHead
from forums.queries.reactions import PageMarks
from forums.services.holding import Held
from forums.services.posts import create_post
from forums.services.reading import read_topic
from forums.services.writing import BadText, OtherText
from forums.views.controls import post_controls
from forums.views.presenting import TOO_MUCH, reply_fields, topic_context, unseen_sentence
from forums.views.uploads import cleaned_with_file
from forums.views.waiting import held_piece
from peerhub.files.errors import BadFile
from peerhub.files.uploads import takes_files
from peerhub.people.errors import DomainError
from peerhub.people.http import person, refusal_status, sign_in_if_absent
from peerhub.people.limits import may_write
from peerhub.people.verdicts import Denied
from peerhub.ui.components.surfaces import toast
from peerhub.ui.shortcuts import is_htmx, or_404, see_other

BESIDE = '<hx-partial hx-target="#reply-fields" hx-swap="innerHTML">{}</hx-partial>'


@takes_files
@require_POST
def post_create(request: HttpRequest, pk: int) -> HttpResponse:
    form = ReplyForm(request.POST, request.FILES)
    head = _head(request, pk)
    if head is None:
        return _signed_out(request, form)
    if refusal := _refusal(request, head, form):
        return _again(request, head, form, *refusal)
    try:
        fields = cleaned_with_file(form, owner=person(request), network=head.topic.network)
        post = create_post(author=person(request), topic=head.topic, **fields)
    except Held as waiting:
        return _held(request, head, waiting)
    except BadText as error:
        form.add_error("body", str(error))
        return _again(request, head, form, "", 422)
    except BadFile as error:
        return _again(request, head, form, str(error), 422)
    except DomainError as error:
        form = _renewed(form) if isinstance(error, OtherText) else form
        return _again(request, head, form, str(error), refusal_status(error))
    # What came meanwhile was under the eyes of who answered it.
    read_topic(user=person(request), topic_id=head.topic.pk, rings=head.rings)
    unseen = unseen_sentence(head.topic.network_id, head.topic.circle, post.body)
    address = post_url(head.topic.pk, head.topic.slug, post.number)
    if is_htmx(request):
        # The post goes to the end of the list; beside it, fields without the sentence of an attempt before.
        row = PostRow.of(post)
        abilities = topic_abilities(request.user, head.topic, head.membership)
        controls = post_controls(row, False, abilities, PageMarks(post.author_id))
        told = post_html(row, controls=controls)
        content = format_html("{}" + BESIDE + "{}", told, reply_fields(), _toast(unseen))
        return HttpResponse(content, status=201, headers={"Location": address})
    if unseen:
        messages.warning(request, unseen)
    return see_other(address)


def _refusal(request: HttpRequest, head: TopicHead, form: ReplyForm) -> tuple[str, int] | None:
    """Why nothing is tried, and the status that says so."""
    verdict = can_reply(request.user, head.topic, head.membership)
    if isinstance(verdict, Denied):
        return str(verdict.reason), 403
    if not form.is_valid():
        return "", 422
    return None if may_write(person(request).pk) else (str(TOO_MUCH), 429)


def _held(request: HttpRequest, head: TopicHead, waiting: Held) -> HttpResponse:
    """202: taken, and not published. Its author alone sees it, where it would stand."""
    if is_htmx(request):
        return HttpResponse(format_html("{}" + BESIDE, held_piece(waiting.held), reply_fields()), status=202)
    messages.success(request, str(waiting))
    last = head.topic.page_count
    page = f"?page={last}" if last > 1 else ""
    return see_other(f"{head.topic.get_absolute_url()}{page}#en-attente-{waiting.held.pk}")


def _toast(sentence: str) -> SafeString:
    if not sentence:
        return SafeString("")
    partial = '<hx-partial hx-target="#toasts" hx-swap="beforeend">{}</hx-partial>'
    return format_html(partial, toast(sentence, "warning"))


def _renewed(form: ReplyForm) -> ReplyForm:
    """The same text, as a message of its own."""
    return ReplyForm({**form.data.dict(), "token": str(uuid4())} if isinstance(form.data, QueryDict) else None)


def _head(request: HttpRequest, pk: int) -> TopicHead | None:
    """None for a visitor, whose session may have ended while writing: the text is given back, whatever the topic."""
    try:
        return queries.topic_for(request.user, pk)
    except ObjectDoesNotExist as absent:
        if request.user.is_authenticated:
            raise Http404 from absent
        return None


def _again(request: HttpRequest, head: TopicHead, form: ReplyForm, error: str, status: int) -> HttpResponse:
    """The form once more, with the text and the reason: alone for htmx, on the last page of the topic otherwise."""
    if is_htmx(request):
        return HttpResponse(reply_fields(form, error), status=status)
    page = queries.topic_page(head.topic, head.topic.page_count)
    return render(request, "forums/topic.html", topic_context(request, head, page, form, error), status=status)


def _signed_out(request: HttpRequest, form: ReplyForm) -> HttpResponse:
    error = _("Vous n’êtes plus connecté·e. Connectez-vous dans un autre onglet, puis publiez : votre texte est là.")
    if is_htmx(request):
        return HttpResponse(reply_fields(form, error), status=403)
    return render(request, "forums/signed_out.html", {"form": form, "error": error}, status=403)


@require_safe
@sign_in_if_absent
def post(request: HttpRequest, pk: int) -> HttpResponse:
    found = or_404(queries.post_for, request.user, pk)
    return redirect(post_url(found.topic_id, found.topic.slug, found.number))
