"""Keeping the tree of competences, and answering those who miss something in it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mentoring.curating_forms import (
    AddedForm,
    AddingForm,
    BridgeForm,
    KnownForm,
    MergingForm,
    MovingForm,
    NamesForm,
    RefusalForm,
)
from mentoring.models import Competence, CompetenceProposal
from mentoring.policies.curating import can_curate
from mentoring.queries import curating as queries
from mentoring.queries.competences import tree
from mentoring.queries.tree_journal import tree_journal
from mentoring.services import curating, proposals
from peerhub.people.http import DONE, person, submit
from peerhub.people.models import User
from peerhub.ui.shortcuts import integer, or_404, posted_key, see_other

Act = Callable[[], Any]


def _curator(request: HttpRequest) -> User:
    """404 for everybody else: that there is such a page tells nothing, and is of no use to them."""
    user = person(request)
    if not can_curate(user, animates=queries.animates(user)):
        raise Http404
    return user


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def curation(request: HttpRequest) -> HttpResponse:
    """The proposals that wait, and the tree; a POST adds to it."""
    user = _curator(request)
    form = AddingForm(request.POST if request.method == "POST" else None, tree=tree())
    made, status = submit(form, lambda: curating.add_competence(curator=user, **form.cleaned_data))
    if made is not None:
        messages.success(request, _("« %(name)s » est dans l’arbre.") % {"name": made.name_fr})
        return see_other("mentoring:curation")
    context = {"waiting": queries.waiting_proposals(user), "branches": queries.whole_tree(), "form": form}
    return render(request, "mentoring/curation.html", context, status=status)


@require_safe
@login_required
def curation_journal(request: HttpRequest) -> HttpResponse:
    """Who changed what in the tree, and when; of one competence, when it is named."""
    user = _curator(request)
    slug, before = request.GET.get("competence", ""), integer(request.GET.get("before", ""), most=2**63 - 1)
    about = or_404(queries.curated, slug) if slug else None
    context = {"about": about, "page": tree_journal(user, about, before), "is_first": before is None}
    return render(request, "mentoring/curation_journal.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def curated(request: HttpRequest, slug: str) -> HttpResponse:
    """One competence: each form of the page is one `act`."""
    user = _curator(request)
    one = or_404(queries.curated, slug)
    if one.merged_into:
        return see_other("mentoring:curated", one.merged_into.slug)
    act, sheet, status = request.POST.get("act", ""), _Sheet(user, one), 200
    if request.method == "POST":
        status, lands_on = sheet.do(act, request)
        if status == DONE:
            messages.success(request, _("C’est fait."))
            return see_other("mentoring:curated", lands_on)
    context = {
        "competence": one,
        "bridges": queries.bridges_of(one),
        "act": act,
        "merges": queries.undoable_merges(one),
        **sheet.forms,
    }
    return render(request, "mentoring/curated.html", context, status=status)


class _Sheet:
    """The forms of the page of one competence, and what each does."""

    def __init__(self, user: User, one: Competence) -> None:
        self.user, self.one = user, one
        self.tree = [other for other in tree() if other.pk != one.pk]
        self.forms: dict[str, forms.Form] = {
            "names": NamesForm(initial=_names(one)),
            "moving": MovingForm(tree=self.tree, prefix="move"),
            "merging": MergingForm(tree=self.tree, prefix="merge"),
            "bridging": BridgeForm(tree=self.tree, prefix="bridge"),
        }

    def do(self, act: str, request: HttpRequest) -> tuple[int, str]:
        """As `submit`: the status of the page; and the competence (slug) that the person is led to."""
        same: dict[str, Any] = {"curator": self.user, "competence": self.one}
        slug = self.one.slug
        if act == "rename":
            form: forms.Form = self._sent("names", NamesForm(request.POST))
            return submit(form, lambda: curating.rename_competence(**same, **form.cleaned_data))[1], slug
        if act == "move":
            form = self._sent("moving", MovingForm(request.POST, tree=self.tree, prefix="move"))
            return submit(form, lambda: curating.move_competence(**same, **form.cleaned_data))[1], slug
        if act == "merge":
            form = self._sent("merging", MergingForm(request.POST, tree=self.tree, prefix="merge"))
            other, status = submit(form, lambda: curating.merge_competence(**same, **form.cleaned_data))
            return status, other.slug if other else slug
        if act == "bridge":
            form = self._sent("bridging", BridgeForm(request.POST, tree=self.tree, prefix="bridge"))
            bridging: dict[str, Any] = {"curator": self.user, "needed": self.one}
            return submit(form, lambda: curating.build_bridge(**bridging, **form.cleaned_data))[1], slug
        if act == "unmerge":
            form, merge_id = self._sent("plain", forms.Form({})), posted_key(request, "merge")
            back, status = submit(form, lambda: curating.undo_merge(curator=self.user, merge_id=merge_id))
            return status, back.slug if back else slug
        return self._at_once(act, request), slug

    def _sent(self, name: str, form: forms.Form) -> forms.Form:
        self.forms[name] = form
        return form

    def _at_once(self, act: str, request: HttpRequest) -> int:
        """Acts without fields of their own."""
        acts: dict[str, Act] = {
            "retire": lambda: curating.retire_competence(curator=self.user, competence=self.one),
            "restore": lambda: curating.restore_competence(curator=self.user, competence=self.one),
            "unbridge": lambda: curating.remove_bridge(
                curator=self.user, needed=self.one, bridge_id=posted_key(request, "bridge")
            ),
        }
        if act not in acts:
            raise Http404
        form = self._sent("plain", forms.Form({}))
        return submit(form, acts[act])[1]


def _names(one: Competence) -> dict[str, str]:
    return {
        "name_fr": one.name_fr,
        "name_en": one.name_en,
        "synonyms_fr": ", ".join(one.synonyms_fr),
        "synonyms_en": ", ".join(one.synonyms_en),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """What somebody misses in the tree, and its three answers: `act` is one of them."""
    user = _curator(request)
    found = or_404(queries.proposal_to, user, pk)
    known, act, status = tree(), request.POST.get("act", ""), 200
    answers: dict[str, forms.Form] = {
        "adding": AddedForm.of(found, known),
        "pointing": KnownForm(tree=known, prefix="known"),
        "refusing": RefusalForm(prefix="refuse"),
    }
    if request.method == "POST":
        status = _answer(act, request, user, found, answers, known)
        if status == DONE:
            messages.success(request, _("La personne est prévenue de votre réponse."))
            return see_other("mentoring:curation")
    context = {"proposal": found, "act": act, **answers}
    return render(request, "mentoring/proposal.html", context, status=status)


def _answer(
    act: str,
    request: HttpRequest,
    user: User,
    found: CompetenceProposal,
    answers: dict[str, forms.Form],
    known: list[Competence],
) -> int:
    same: dict[str, Any] = {"curator": user, "proposal": found}
    form: forms.Form
    if act == "add":
        form = answers["adding"] = AddedForm(request.POST, tree=known)
        return submit(form, lambda: proposals.add_proposed(**same, **form.cleaned_data))[1]
    if act == "known":
        form = answers["pointing"] = KnownForm(request.POST, tree=known, prefix="known")
        return submit(form, lambda: proposals.point_to_known(**same, **form.cleaned_data))[1]
    if act == "refuse":
        form = answers["refusing"] = RefusalForm(request.POST, prefix="refuse")
        return submit(form, lambda: proposals.refuse_proposal(**same, **form.cleaned_data))[1]
    raise Http404
