"""What a person declares."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mentoring.directory import matching_competences
from mentoring.enums import Level
from mentoring.forms import DeclarationForm
from mentoring.queries import competences as queries
from mentoring.services.declarations import declare_competence, withdraw_competence
from peerhub.people.http import DONE, person, submit
from peerhub.ui.shortcuts import or_404, render_or_fragment, see_other

UNDO = "mentoring_withdrawn"


@require_safe
@login_required
def my_competences(request: HttpRequest) -> HttpResponse:
    """Mine, then the tree to add from: by words, or branch by branch."""
    words = request.GET.get("q", "").strip()[:100]
    tree, mine = queries.tree(), queries.declared_by(person(request))
    context = {
        "mine": mine,
        "declared": {one.competence_id for one in mine},
        "words": words,
        "found": [one for one in matching_competences(words, tree) if one.parent_id],
        "branches": [
            (branch, [one for one in tree if one.parent_id == branch.pk]) for branch in tree if not branch.parent_id
        ],
        "undo": request.session.pop(UNDO, None),
    }
    return render_or_fragment(request, "mentoring/my_competences.html", "mentoring/_competence_choice.html", context)


@login_required
def my_competence(request: HttpRequest, slug: str) -> HttpResponse:
    """Declare one, or say it anew."""
    user = person(request)
    competence = or_404(queries.competence_by_slug, slug)
    if competence.merged_into_id:
        return see_other("mentoring:my-competence", or_404(queries.became_of, competence).slug)
    declared = queries.declaration_of(user, competence)
    initial = {name: getattr(declared, name) for name in ("level", "can_help", "evidence")} if declared else None
    form = DeclarationForm(request.POST if request.method == "POST" else None, initial=initial)
    _row, status = submit(form, lambda: declare_competence(user=user, competence=competence, **form.cleaned_data))
    if status == DONE:
        messages.success(request, _("« %(name)s » est dans vos compétences.") % {"name": competence.name})
        return see_other("mentoring:my-competences")
    context = {"competence": competence, "declared": declared, "form": form}
    return render(request, "mentoring/my_competence.html", context, status=status)


@require_POST
@login_required
def competence_withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Take one back; the next page offers to put it back as it was."""
    competence = or_404(queries.competence_by_slug, slug)
    declared = withdraw_competence(user=person(request), competence=competence)
    if declared:
        request.session[UNDO] = {
            "slug": slug,
            "name": competence.name,
            "level": Level(declared.level).value,
            "can_help": declared.can_help,
            "evidence": declared.evidence,
        }
    return see_other("mentoring:my-competences")
