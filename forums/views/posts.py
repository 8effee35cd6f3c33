"""Replying, and finding a post again."""

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from forums import queries
from forums.forms import ReplyForm
from forums.fragments import PostRow, post_html
from forums.models import post_url
from forums.policies import can_reply, topic_abilities
from forums.queries import TopicHead
from forums.queries.reactions import PageMarks
from forums.services.posts import create_post
from forums.services.writing import BadText
from forums.views.controls import post_controls
from forums.views.presenting import TOO_MUCH, reply_fields, topic_context
from forums.views.uploads import cleaned_with_file
from peerhub.files.errors import BadFile
from peerhub.files.uploads import takes_files
from peerhub.people.errors import DomainError, Refused
from peerhub.people.http import person, sign_in_if_absent
from peerhub.people.limits import may_write
from peerhub.people.verdicts import Denied
from peerhub.ui.shortcuts import is_htmx, or_404, see_other


@takes_files
@require_POST
def post_create(request: HttpRequest, pk: int) -> HttpResponse:
    form = ReplyForm(request.POST, request.FILES)
    head = _head(request, pk)
    if head is None:
        return _signed_out(request, form)
    verdict = can_reply(request.user, head.topic, head.membership)
    if isinstance(verdict, Denied):
        return _again(request, head, form, str(verdict.reason), 403)
    if not form.is_valid():
        return _again(request, head, form, "", 422)
    if not may_write(person(request).pk):
        return _again(request, head, form, str(TOO_MUCH), 429)
    try:
        fields = cleaned_with_file(form, owner=person(request), network=head.topic.network)
        post = create_post(author=person(request), topic=head.topic, **fields)
    except BadText as error:
        form.add_error("body", str(error))
        return _again(request, head, form, "", 422)
    except BadFile as error:
        return _again(request, head, form, str(error), 422)
    except DomainError as error:
        return _again(request, head, form, str(error), 403 if isinstance(error, Refused) else 409)
    address = post_url(head.topic.pk, head.topic.slug, post.number)
    if is_htmx(request):
        # The post goes to the end of the list; beside it, fields without the sentence of an attempt before.
        beside = '<hx-partial hx-target="#reply-fields" hx-swap="innerHTML">{}</hx-partial>'
        row = PostRow.of(post)
        abilities = topic_abilities(request.user, head.topic, head.membership)
        controls = post_controls(row, False, abilities, PageMarks(post.author_id))
        content = format_html("{}" + beside, post_html(row, controls=controls), reply_fields())
        return HttpResponse(content, status=201, headers={"Location": address})
    return see_other(address)


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
