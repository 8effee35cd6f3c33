"""Themes of a network, and topics of a theme."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from forums import queries
from forums.policies import can_create_topic
from forums.views.presenting import audience, present_rows
from peerhub.people.http import same_for_visitors, sign_in_if_absent
from peerhub.ui.shortcuts import or_404


@require_safe
@sign_in_if_absent
@same_for_visitors
def forum_list(request: HttpRequest, network_slug: str) -> HttpResponse:
    network, membership = or_404(queries.network_page_for, request.user, network_slug)
    forums = queries.forum_list_for(request.user, network, membership)
    recent = queries.recent_topics(request.user, network, membership)
    context = {
        "network": network,
        "membership": membership,
        "forums": [(line, audience(line.forum.circle)) for line in forums],
        "rows": present_rows(recent, network.pk, with_forum=True),
    }
    return render(request, "forums/forum_list.html", context)


@require_safe
@sign_in_if_absent
@same_for_visitors
def topic_list(request: HttpRequest, network_slug: str, forum_slug: str) -> HttpResponse:
    opened = or_404(queries.forum_for, request.user, network_slug, forum_slug)
    before = request.GET.get("avant", "")
    page = or_404(queries.topic_list_page, request.user, opened.forum, opened.membership, before)
    context = {
        "network": opened.network,
        "membership": opened.membership,
        "forum": opened.forum,
        "circle": audience(opened.forum.circle),
        "rows": present_rows(page.rows, opened.network.pk),
        "is_first": not before,
        "older": page.older,
        "can_create": can_create_topic(request.user, opened.forum, opened.membership),
    }
    return render(request, "forums/topic_list.html", context)
