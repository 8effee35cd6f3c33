"""What one follows, and how much of it one wants to hear."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from forums import queries
from forums.acting_forms import LevelForm
from forums.enums import SubscriptionLevel
from forums.queries.following import (
    followable_forum,
    followable_tag,
    followed_forums,
    followed_tags,
    followed_topics,
)
from forums.services.following import set_forum_subscription, set_subscription, set_tag_subscription
from peerhub.people.http import person
from peerhub.ui.pagination import page_number
from peerhub.ui.shortcuts import or_404, safe_next, see_other


@require_POST
@login_required
def topic_follow(request: HttpRequest, pk: int) -> HttpResponse:
    topic = or_404(queries.topic_for, request.user, pk).topic
    level = _level(request)
    set_subscription(user_id=person(request).pk, topic_id=topic.pk, level=level)
    return _done(request, topic.get_absolute_url())


@require_POST
@login_required
def forum_follow(request: HttpRequest, pk: int) -> HttpResponse:
    forum = or_404(followable_forum, request.user, pk)
    set_forum_subscription(user_id=person(request).pk, forum_id=forum.pk, level=_level(request))
    return _done(request, reverse("forums:topic-list", args=[forum.network.slug, forum.slug]))


@require_POST
@login_required
def tag_follow(request: HttpRequest, pk: int) -> HttpResponse:
    tag = or_404(followable_tag, request.user, pk)
    set_tag_subscription(user_id=person(request).pk, tag_id=tag.pk, level=_level(request))
    return _done(request, reverse("forums:follow-list"))


@login_required
@require_safe
def follow_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    context = {
        "page": followed_topics(user, page_number(request)),
        "forums": followed_forums(user),
        "tags": followed_tags(user),
        "levels": [(level.value, level.label) for level in SubscriptionLevel],
    }
    return render(request, "forums/follow_list.html", context)


def _level(request: HttpRequest) -> SubscriptionLevel | None:
    form = LevelForm(request.POST)
    if not form.is_valid():
        raise Http404
    level: SubscriptionLevel | None = form.cleaned_data["level"]
    return level


def _done(request: HttpRequest, fallback: str) -> HttpResponse:
    messages.success(request, _("C’est noté."))
    return see_other(safe_next(request, fallback))
