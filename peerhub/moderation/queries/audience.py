"""Who may judge a case."""

from django.db.models import Q, QuerySet

from peerhub.moderation.enums import CaseState
from peerhub.moderation.models import Case, Report
from peerhub.people.enums import CircleKind, Role
from peerhub.people.models import CircleMember, Membership, Network, User


def animators_who_judge(case: Case) -> QuerySet[Membership, Membership]:
    """The animators of the network who see the circle and take no part in the case: the set form of `can_judge`. Needs
    `circle` loaded."""
    animators = Membership.objects.active().filter(network=case.network_id, role=Role.ANIMATOR)
    if case.circle.kind != CircleKind.PUBLIC:
        animators = animators.filter(user__in=CircleMember.objects.filter(circle=case.circle_id).values("user"))
    apart = Q(user__in=Report.objects.filter(case=case.pk).values("reporter"))
    if case.author_id is not None:
        apart |= Q(user=case.author_id)
    if case.state == CaseState.APPEALED and case.decided_by_id is not None:
        apart |= Q(user=case.decided_by_id)
    return animators.exclude(apart)


def has_judge(case: Case) -> bool:
    """Whether anybody may judge it now; if not, those concerned are told."""
    return animators_who_judge(case).exists()


def judgeable_count(user: User, network: Network) -> int:
    """How many cases wait that this animator may judge: for the desk."""
    return Case.objects.visible_to(user).judged_by(user).waiting().filter(network=network).count()
