"""Who may report, judge and appeal. Pure: callers give what they loaded."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peerhub.moderation.enums import CaseState
from peerhub.moderation.models import Case
from peerhub.moderation.targets import Shown, Standing
from peerhub.people.models import Membership, User
from peerhub.people.policies import can_animate, can_see_circle
from peerhub.people.verdicts import Allowed, Denied, Verdict

NO_LONGER_OPEN = gettext_lazy("Ce dossier est déjà tranché : relisez-le.")


def can_report(user: User, shown: Shown) -> Verdict:
    """Whether a thing that the person sees may be reported by that person."""
    if shown.author_id == user.pk:
        return Denied(_("C’est vous qui l’avez écrit : vous pouvez le corriger ou le supprimer vous-même."))
    if shown.standing != Standing.LIVE:
        return Denied(_("Ce contenu n’est plus publié : il n’y a plus rien à signaler."), hide=True)
    return Allowed()


def can_see_case(user: User, membership: Membership | None, case: Case) -> Verdict:
    """Whether the case may be opened in the queue; the twin of `Case.objects.visible_to`."""
    own = membership is not None and membership.network_id == case.network_id
    if not own or not can_animate(membership) or case.author_id == user.pk:
        return Denied(_("Ce dossier ne vous est pas ouvert."), hide=True)
    return can_see_circle(user, case.circle)


def can_judge(
    user: User, membership: Membership | None, case: Case, *, is_reporter: bool, is_entrusted: bool = False
) -> Verdict:
    """Whether the person may talk with the author and decide: nobody judges a case of their own, and an appeal goes to
    another person than who decided. The twin of `visible_to().judged_by()`, and of what products entrust to others than
    the network's animators (`Target.entrusted`)."""
    verdict = can_see_case(user, membership, case)
    if not verdict and not (is_entrusted and case.author_id != user.pk and can_see_circle(user, case.circle)):
        return verdict
    if is_reporter:
        return Denied(_("Vous avez fait un signalement dans ce dossier : quelqu’un d’autre doit trancher."))
    if case.state == CaseState.APPEALED and case.decided_by_id == user.pk:
        return Denied(_("Vous avez pris la première décision : le recours revient à quelqu’un d’autre."))
    return Allowed()


def can_act(user: User, case: Case) -> Verdict:
    """Whether the case waits, and nobody else is at it."""
    if not case.is_waiting:
        return Denied(NO_LONGER_OPEN)
    if case.is_claimed_by_another(user) and case.claimed_by and case.claimed_until:
        until = date_format(timezone.localtime(case.claimed_until), "H:i")
        return Denied(
            _("%(name)s s’en occupe jusqu’à %(until)s.") % {"name": case.claimed_by.full_name, "until": until}
        )
    return Allowed()


def can_appeal(user: User, case: Case) -> Verdict:
    """Once, by the author, of a decision that changed something."""
    if case.author_id != user.pk:
        return Denied(_("Ce dossier n’est pas le vôtre."), hide=True)
    if case.state in {CaseState.APPEALED, CaseState.CLOSED}:
        return Denied(_("Vous avez déjà demandé un second regard : il n’y en a qu’un par dossier."))
    if case.state != CaseState.DECIDED or not case.has_consequence:
        return Denied(_("Il n’y a pas de décision à revoir."))
    return Allowed()


def can_write_to_team(user: User, case: Case) -> Verdict:
    if case.author_id != user.pk or not case.is_told:
        return Denied(_("Ce dossier n’est pas le vôtre."), hide=True)
    if case.state == CaseState.CLOSED:
        return Denied(_("Ce dossier est clos."))
    return Allowed()
