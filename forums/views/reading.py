"""What a reader does with the mark of how far one has read, and the pages that are read on paper."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from forums import queries
from forums.audience import circle_label
from forums.enums import ForumKind, TopicKind
from forums.models import Topic
from forums.queries.pages import POSTS_PRINTED, printed_posts, report_of
from forums.services.reading import mark_unread
from forums.views.printing import printed
from peerhub.people.http import person, same_for_visitors, sign_in_if_absent
from peerhub.ui.pagination import page_number
from peerhub.ui.shortcuts import or_404, see_other


def read_number(request: HttpRequest, topic: Topic) -> int:
    """How far the page in front of the person has been read, as it says itself (`lu`); 0 when it does not."""
    said = request.POST.get("lu", "")
    return min(int(said), topic.last_number) if said.isascii() and said.isdigit() and len(said) < 10 else 0


@require_POST
@login_required
def post_unread(request: HttpRequest, pk: int) -> HttpResponse:
    """This post and what follows are unread again, and one is led away from them: to the list that now says so."""
    found = or_404(queries.post_menu, request.user, pk)
    topic = found.topic
    mark_unread(user_id=person(request).pk, topic_id=topic.pk, number=found.post.number)
    # Without its title, which a cookie might carry.
    words = _("Cette discussion est de nouveau non lue, à partir du message n° %(number)s.")
    messages.success(request, words % {"number": found.post.number})
    if topic.forum.kind == ForumKind.THEMED:
        return see_other(reverse("forums:topic-list", args=[topic.network.slug, topic.forum.slug]))
    return see_other(reverse("forums:forum-list", args=[topic.network.slug]))


@require_safe
@sign_in_if_absent
@same_for_visitors
def topic_print(request: HttpRequest, pk: int) -> HttpResponse:
    """All the posts on one page, for paper; past POSTS_PRINTED, in several."""
    head = or_404(queries.topic_for, request.user, pk)
    topic = head.topic
    number, count = page_number(request), -(-max(1, topic.last_number) // POSTS_PRINTED)
    if number > count:
        raise Http404
    rows = printed_posts(topic, (number - 1) * POSTS_PRINTED + 1)
    context = {
        "network": topic.network,
        "topic": topic,
        "kind_label": TopicKind(topic.kind).label if topic.kind != TopicKind.DISCUSSION else "",
        "circle_label": circle_label(topic.circle),
        "tags": [name for _slug, name in head.tags],
        "report": report_of(topic),
        "posts": printed(rows, topic.accepted_post_id),
        "number": number,
        "count": count,
        "next": number + 1 if number < count else None,
        "address": request.build_absolute_uri(topic.get_absolute_url()),
    }
    return render(request, "forums/topic_print.html", context)
