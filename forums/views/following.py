"""What one follows, and how much of it one wants to hear."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from forums import queries
from forums.acting_forms import LevelForm
from forums.enums import SubscriptionLevel
from forums.queries.following import (
    followable_forum,
    followable_tag,
    followed_forums,
    followed_tags,
    followed_topics,
    forum_level,
    tag_level,
    topic_level,
)
from forums.services.following import set_forum_subscription, set_subscription, set_tag_subscription
from peerhub.people.http import person
from peerhub.people.models import Network
from peerhub.ui.pagination import page_number
from peerhub.ui.shortcuts import or_404, render_or_fragment, safe_next, see_other


@dataclass(frozen=True)
class Place:
    """What may be followed: its kind ("topic", "forum" or "tag"), where it is read, the level chosen, and how to."""

    kind: str
    title: str
    url: str
    network: Network
    level: str
    choose: Callable[[SubscriptionLevel | None], None]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def topic_follow(request: HttpRequest, pk: int) -> HttpResponse:
    user, topic = person(request), or_404(queries.topic_for, request.user, pk).topic
    choose = partial(set_subscription, user_id=user.pk, topic_id=topic.pk)
    level = topic_level(user, topic.pk)
    place = Place(
        "topic", topic.title, topic.get_absolute_url(), topic.network, level, lambda level: choose(level=level)
    )
    return _follow(request, place)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def forum_follow(request: HttpRequest, pk: int) -> HttpResponse:
    user, forum = person(request), or_404(followable_forum, request.user, pk)
    choose = partial(set_forum_subscription, user_id=user.pk, forum_id=forum.pk)
    url = reverse("forums:topic-list", args=[forum.network.slug, forum.slug])
    level = forum_level(user, forum.pk)
    return _follow(request, Place("forum", forum.title, url, forum.network, level, lambda level: choose(level=level)))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tag_follow(request: HttpRequest, pk: int) -> HttpResponse:
    user, tag = person(request), or_404(followable_tag, request.user, pk)
    choose = partial(set_tag_subscription, user_id=user.pk, tag_id=tag.pk)
    url = reverse("forums:tag", args=[tag.network.slug, tag.slug])
    level = tag_level(user, tag.pk)
    return _follow(request, Place("tag", tag.name, url, tag.network, level, lambda level: choose(level=level)))


def _follow(request: HttpRequest, place: Place) -> HttpResponse:
    """GET shows the levels (a menu asks for them when it opens), POST chooses one."""
    if request.method != "POST":
        context = {
            "place": place.kind,
            "title": place.title,
            "network": place.network,
            "level": place.level,
            "back": place.url,
            "follow_url": request.path,
        }
        return render_or_fragment(request, "forums/follow.html", "forums/_follow_levels.html", context)
    form = LevelForm(request.POST)
    if not form.is_valid():
        raise Http404
    place.choose(form.cleaned_data["level"])
    messages.success(request, _("C’est noté."))
    return see_other(safe_next(request, place.url))


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
