"""Moving, splitting and merging discussions, and writing down what somebody said on the phone."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from forums import queries
from forums.audience import circle_label, readers_sentence
from forums.models import Post, Topic, post_url
from forums.moving_forms import MergeForm, MoveForm, PhoneForm, SplitForm
from forums.policies import can_curate
from forums.queries.curating import merge_choices, places_for, posts_onwards, posts_to_split
from forums.queries.menus import TopicMenu
from forums.queries.readers import readers_named, reads_topic
from forums.services.moving import OtherReaders, merge_topic, move_topic, split_topic
from forums.services.posts import enter_post
from forums.views.presenting import audience
from forums.views.surroundings import address_of, around_topic, refused
from peerhub.people.errors import DomainError
from peerhub.people.http import person, submit
from peerhub.people.queries import active_user
from peerhub.people.verdicts import Denied
from peerhub.ui.shortcuts import or_404, see_other


@login_required
@require_http_methods(["GET", "POST"])
def topic_move(request: HttpRequest, pk: int) -> HttpResponse:
    found = or_404(queries.topic_menu, request.user, pk)
    if answer := _judge(request, found):
        return answer
    places = places_for(person(request), found.topic)
    form = MoveForm(request.POST or None, forums=places)
    other: OtherReaders | None = None
    if request.method == "POST" and form.is_valid():
        forum = next(one for one in places if one.pk == form.cleaned_data["forum"])
        try:
            moved = move_topic(
                actor=person(request),
                topic=found.topic,
                forum=forum,
                reason=form.cleaned_data["reason"],
                agreed_circle_id=form.cleaned_data["agreed"],
            )
        except OtherReaders as error:
            other, form = error, _agreeing(form, error)
        except DomainError as error:
            return refused(request, error, back=address_of(found))
        else:
            messages.success(request, _("La discussion est déplacée."))
            return see_other(moved.get_absolute_url())
    return _page(request, found, "forums/move.html", form, other, places=places)


@login_required
@require_http_methods(["GET", "POST"])
def topic_split(request: HttpRequest, pk: int) -> HttpResponse:
    return _split(request, or_404(queries.topic_menu, request.user, pk), None)


@login_required
@require_http_methods(["GET", "POST"])
def post_split(request: HttpRequest, pk: int) -> HttpResponse:
    """The same page, with one post chosen: it makes a discussion of its own, alone or with what follows."""
    found = or_404(queries.post_menu, request.user, pk)
    return _split(request, TopicMenu(found.topic, found.membership, found.looks_after), found.post)


def _split(request: HttpRequest, found: TopicMenu, chosen: Post | None) -> HttpResponse:
    if answer := _judge(request, found):
        return answer
    posts = posts_to_split(found.topic, around=chosen.number if chosen else found.topic.last_number)
    places = places_for(person(request), found.topic)
    form = SplitForm(
        request.POST or None,
        forums=places,
        post_ids=[post.pk for post in posts],
        initial={"posts": [chosen.pk] if chosen else []},
    )
    other: OtherReaders | None = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = split_topic(
                actor=person(request),
                topic=found.topic,
                post_ids=_chosen(found.topic, said),
                title=said["title"],
                token=said["token"],
                kind=said["kind"],
                forum=next((one for one in places if one.pk == said["forum"]), None),
                reason=said["reason"],
                agreed_circle_id=said["agreed"],
            )
        except OtherReaders as error:
            other, form = error, _agreeing(form, error)
        except DomainError as error:
            return refused(request, error, back=address_of(found))
        else:
            messages.success(request, _("Les messages ont leur propre discussion."))
            return see_other(made.get_absolute_url())
    ticked = {str(one) for one in form["posts"].value() or ()}
    lines = [(post, str(post.pk) in ticked) for post in posts]
    return _page(request, found, "forums/split.html", form, other, lines=lines, places=places)


def _chosen(topic: Topic, said: dict[str, Any]) -> set[int]:
    """Those that were ticked, and all from one on."""
    onwards = [] if said["onwards"] is None else posts_onwards(topic, said["onwards"])
    return {*said["posts"], *onwards}


@login_required
@require_http_methods(["GET", "POST"])
def topic_merge(request: HttpRequest, pk: int) -> HttpResponse:
    found = or_404(queries.topic_menu, request.user, pk)
    if answer := _judge(request, found):
        return answer
    form = MergeForm(request.POST or None)
    other: OtherReaders | None = None
    if request.method == "POST" and form.is_valid():
        into = or_404(queries.topic_for, request.user, form.cleaned_data["into"]).topic
        try:
            kept = merge_topic(
                actor=person(request),
                topic=found.topic,
                into=into,
                reason=form.cleaned_data["reason"],
                agreed_circle_id=form.cleaned_data["agreed"],
            )
        except OtherReaders as error:
            other, form = error, _agreeing(form, error)
        except DomainError as error:
            return refused(request, error, back=address_of(found))
        else:
            messages.success(request, _("Les deux discussions n’en font plus qu’une."))
            return see_other(kept.get_absolute_url())
    words = request.GET.get("q", "")[:120]
    choices = [
        (one, circle_label(one.circle), one.circle_id != found.topic.circle_id)
        for one in merge_choices(person(request), found.topic, words)
    ]
    return _page(request, found, "forums/merge.html", form, other, choices=choices, words=words)


@login_required
@require_http_methods(["GET", "POST"])
def topic_phone(request: HttpRequest, pk: int) -> HttpResponse:
    """First who phoned, found by name; then what was said."""
    found = or_404(queries.topic_menu, request.user, pk)
    if (answer := _judge(request, found)) or found.membership is None:
        return answer or refused(request, "", back=address_of(found))
    form = PhoneForm(request.POST or None, initial={"person": request.GET.get("personne", "")})
    words, key = request.GET.get("q", "")[:80], str(form["person"].value() or "")
    named = readers_named(found.membership, found.topic.circle, words) if words else None
    author = or_404(active_user, int(key)) if key.isascii() and key.isdigit() and len(key) < 10 else None
    if author:
        post, _status = submit(
            form,
            lambda: enter_post(
                animator=person(request),
                author=author,
                topic=found.topic,
                body=form.cleaned_data["body"],
                token=form.cleaned_data["token"],
            ),
            at="body",
        )
        if post is not None:
            messages.success(request, _("Le message est publié, et la personne prévenue."))
            return see_other(post_url(found.topic.pk, found.topic.slug, post.number))
    reader = author if author and reads_topic(author, found.topic) else None
    more = {"words": words, "named": named, "author": reader, "circle": audience(found.topic.circle)}
    return _page(request, found, "forums/phone.html", form, None, **more)


def _judge(request: HttpRequest, found: TopicMenu) -> HttpResponse | None:
    verdict = can_curate(found.membership, looks_after=found.looks_after)
    if isinstance(verdict, Denied):
        return refused(request, verdict, back=address_of(found))
    return None


def _agreeing(form: Any, error: OtherReaders) -> Any:
    """The same form, which now says whose reading the person agrees to by sending it again."""
    form.data = form.data.copy()
    form.data["agreed"] = str(error.circle.pk)
    return form


def _page(
    request: HttpRequest, found: TopicMenu, template: str, form: Any, other: OtherReaders | None, **more: Any
) -> HttpResponse:
    context = {
        **around_topic(found.topic, found.membership),
        "form": form,
        "readers": readers_sentence(other.circle) if other else "",
        **more,
    }
    status = 409 if other else 422 if form.is_bound else 200
    return render(request, template, context, status=status)
