"""The menus of a post and of a topic: everything that the viewer may do with it, asked for when one opens the menu.

A page of twenty posts carries none of it; without JavaScript the same address is a page of its own.
"""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from forums import queries
from forums.policies import can_curate, post_abilities
from forums.queries.bookmarks import bookmark_of
from forums.queries.following import topic_level
from forums.queries.history import edit_count
from forums.views.surroundings import around_post, around_topic
from peerhub.people.http import person
from peerhub.ui.shortcuts import or_404, render_or_fragment


@require_safe
@login_required
def post_actions(request: HttpRequest, pk: int) -> HttpResponse:
    found = or_404(queries.post_menu, request.user, pk)
    can = post_abilities(request.user, found.post, found.membership, looks_after=found.looks_after)
    context = {
        **around_post(found),
        "can": can,
        "is_kept": bookmark_of(person(request), found.post) is not None,
        "has_history": not found.post.is_removed and edit_count(found.post) > 0,
    }
    return render_or_fragment(request, "forums/post_actions.html", "forums/_post_actions.html", context)


@require_safe
@login_required
def topic_actions(request: HttpRequest, pk: int) -> HttpResponse:
    found = or_404(queries.topic_menu, request.user, pk)
    context = {
        **around_topic(found.topic, found.membership),
        "can_curate": can_curate(found.membership, looks_after=found.looks_after),
        "level": topic_level(request.user, found.topic.pk),
    }
    return render_or_fragment(request, "forums/topic_actions.html", "forums/_topic_actions.html", context)
