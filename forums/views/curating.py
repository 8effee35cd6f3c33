"""What those who look after a discussion make of it: each act is a page that says what will happen, then does it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forums import queries
from forums.models import Topic
from forums.moving_forms import FilingForm, PaceForm, PinForm, ReasonedForm
from forums.policies import can_curate
from forums.queries.curating import removed_topic_for, removed_topics
from forums.queries.menus import TopicMenu
from forums.services import curating
from forums.services.tags import UnknownTags
from forums.views.surroundings import address_of, around_topic, refused
from peerhub.people.errors import DomainError
from peerhub.people.http import person
from peerhub.people.models import User
from peerhub.people.policies import can_animate
from peerhub.people.queries import own_network_for
from peerhub.people.verdicts import Denied
from peerhub.ui.shortcuts import or_404, see_other


@dataclass(frozen=True)
class Act:
    """A page: what it is called, what will happen, what it asks, and the verb that takes what was typed."""

    title: Any
    lead: Any
    icon: str
    done: Any
    verb: Callable[[User, Topic, Mapping[str, Any]], None]
    form: type[forms.Form] = forms.Form
    is_danger: bool = False


ACTS: dict[str, Act] = {
    "clore": Act(
        _lazy("Clore la discussion"),
        _lazy("On pourra la lire, plus y répondre. Votre raison s’affiche sous son titre."),
        "lock",
        _lazy("La discussion est close."),
        lambda user, topic, said: curating.set_lock(actor=user, topic=topic, is_locked=True, **said),
        ReasonedForm,
    ),
    "rouvrir": Act(
        _lazy("Rouvrir la discussion"),
        _lazy("On pourra de nouveau y répondre."),
        "lock",
        _lazy("La discussion est rouverte."),
        lambda user, topic, said: curating.set_lock(actor=user, topic=topic, is_locked=False),
    ),
    "archiver": Act(
        _lazy("Archiver la discussion"),
        _lazy("Elle quitte les listes et ne reçoit plus de réponse. On la trouve par la recherche et par son adresse."),
        "inbox",
        _lazy("La discussion est archivée."),
        lambda user, topic, said: curating.set_archived(actor=user, topic=topic, is_archived=True),
    ),
    "desarchiver": Act(
        _lazy("Sortir des archives"),
        _lazy("Elle revient dans les listes, et on peut de nouveau y répondre."),
        "inbox",
        _lazy("La discussion est sortie des archives."),
        lambda user, topic, said: curating.set_archived(actor=user, topic=topic, is_archived=False),
    ),
    "epingler": Act(
        _lazy("Épingler la discussion"),
        _lazy("Elle reste en haut de son thème, pour tout le monde."),
        "pin",
        _lazy("La discussion est épinglée."),
        lambda user, topic, said: curating.set_pin(actor=user, topic=topic, is_pinned=True, **said),
        PinForm,
    ),
    "desepingler": Act(
        _lazy("Ne plus épingler"),
        _lazy("Elle reprend sa place parmi les autres."),
        "pin",
        _lazy("La discussion n’est plus épinglée."),
        lambda user, topic, said: curating.set_pin(actor=user, topic=topic, is_pinned=False),
    ),
    "ralentir": Act(
        _lazy("Ralentir la discussion"),
        _lazy("Chaque personne attend entre deux messages, l’animation exceptée. Qui écrit trop tôt garde son texte."),
        "clock",
        _lazy("La discussion est au ralenti."),
        lambda user, topic, said: curating.set_pace(actor=user, topic=topic, **said),
        PaceForm,
    ),
    "rythme-normal": Act(
        _lazy("Rendre son rythme à la discussion"),
        _lazy("Plus personne n’attend entre deux messages."),
        "clock",
        _lazy("La discussion a repris son rythme."),
        lambda user, topic, said: curating.set_pace(actor=user, topic=topic, minutes=0),
    ),
    "relire": Act(
        _lazy("Relire avant publication"),
        _lazy("Chaque réponse attend l’accord de l’animation avant de paraître. Son auteur·rice le voit."),
        "shield",
        _lazy("Les réponses sont relues avant de paraître."),
        lambda user, topic, said: curating.set_approval(actor=user, topic=topic, is_held=True),
    ),
    "ne-plus-relire": Act(
        _lazy("Ne plus relire avant publication"),
        _lazy("Les réponses paraissent aussitôt. Celles qui attendent déjà restent à relire."),
        "shield",
        _lazy("Les réponses paraissent aussitôt."),
        lambda user, topic, said: curating.set_approval(actor=user, topic=topic, is_held=False),
    ),
    "reclasser": Act(
        _lazy("Reclasser la discussion"),
        _lazy(
            "Les textes ne changent pas. Une question qui n’en est plus une perd sa réponse retenue. Pour changer le "
            "titre, modifiez le premier message."
        ),
        "list-filter",
        _lazy("La discussion est reclassée."),
        lambda user, topic, said: curating.reclassify(actor=user, topic=topic, **said),
        FilingForm,
    ),
    "retirer": Act(
        _lazy("Retirer toute la discussion"),
        _lazy(
            "Plus personne ne la lira, sauf l’animation et la personne qui l’a ouverte, qui est prévenue avec votre "
            "raison. Vous pourrez la rétablir."
        ),
        "trash-2",
        _lazy("La discussion est retirée."),
        lambda user, topic, said: curating.remove_topic(actor=user, topic=topic, **said),
        ReasonedForm,
        is_danger=True,
    ),
}


@login_required
@require_http_methods(["GET", "POST"])
def topic_curate(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    if act not in ACTS:
        raise Http404
    page, found = ACTS[act], or_404(queries.topic_menu, request.user, pk)
    verdict = can_curate(found.membership, looks_after=found.looks_after)
    if isinstance(verdict, Denied):
        return refused(request, verdict, back=address_of(found))
    form = _form(page, found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            page.verb(person(request), found.topic, form.cleaned_data)
        except UnknownTags as error:
            form.add_error("tags", str(error))
        except DomainError as error:
            return refused(request, error, back=address_of(found))
        else:
            messages.success(request, str(page.done))
            return see_other(f"/sujets/{pk}/retire/" if act == "retirer" else found.topic.get_absolute_url())
    context = {**around_topic(found.topic, found.membership), "page": page, "form": form}
    return render(request, "forums/curate.html", context, status=422 if form.is_bound else 200)


def _form(page: Act, found: TopicMenu, data: Any) -> forms.Form:
    if page.form is not FilingForm:
        return page.form(data)
    topic = found.topic
    initial = {
        "kind": topic.kind,
        "territory": topic.territory.suggestion if topic.territory else "",
        "tags": [name for _slug, name in queries.tags_of([topic.pk]).get(topic.pk, ())],
    }
    return FilingForm(data, membership=found.membership, topic=topic, initial=initial)


@login_required
@require_safe
def topic_removed(request: HttpRequest, pk: int) -> HttpResponse:
    """A discussion that was taken away, and why: for its author, and for who looks after it."""
    found = or_404(removed_topic_for, person(request), pk)
    context = {**around_topic(found.topic, found.membership), "found": found, "address": ""}
    return render(request, "forums/topic_removed.html", context)


@require_POST
@login_required
def topic_restore(request: HttpRequest, pk: int) -> HttpResponse:
    found = or_404(removed_topic_for, person(request), pk)
    try:
        curating.restore_topic(actor=person(request), topic=found.topic)
    except DomainError as error:
        return refused(request, error, back=f"/sujets/{pk}/retire/")
    messages.success(request, _("La discussion est rétablie."))
    return see_other(found.topic.get_absolute_url())


@login_required
@require_safe
def removed_list(request: HttpRequest, network_slug: str) -> HttpResponse:
    """What was taken away in the circles of an animator."""
    network, membership = or_404(own_network_for, request.user, network_slug)
    verdict = can_animate(membership)
    if isinstance(verdict, Denied):
        return refused(request, verdict, back=reverse("forums:forum-list", args=[network.slug]))
    topics = removed_topics(person(request), membership)
    context = {"network": network, "membership": membership, "topics": topics}
    return render(request, "forums/removed_list.html", context)
