"""Circles: the one mechanism of visibility of the platform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peerhub.people.enums import CircleKind
from peerhub.people.models.hats import ActorCategory
from peerhub.people.models.users import User

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from peerhub.people.models.networks import Network


class CircleQuerySet(models.QuerySet["Circle"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(circle_q(user, field="pk"))

    def of_network(self, network: Network, kind: CircleKind) -> Circle:
        return self.get(network=network, kind=kind)

    def public(self) -> Circle:
        return self.get(kind=CircleKind.PUBLIC)


class Circle(models.Model):
    """A set of people that something is open to: the one mechanism of visibility of the platform."""

    kind = models.CharField(max_length=12, choices=CircleKind.choices)
    name = models.CharField(max_length=120, blank=True)
    network = models.ForeignKey("Network", null=True, blank=True, on_delete=models.CASCADE, related_name="circles")
    category = models.ForeignKey(ActorCategory, null=True, blank=True, on_delete=models.PROTECT, related_name="circles")
    categories = ArrayField(
        models.BigIntegerField(),
        default=list,
        blank=True,
        help_text="ids, ascending: of a circle of several categories, or of a cohort (none: all)",
    )
    delegations = ArrayField(
        models.BigIntegerField(), default=list, blank=True, help_text="ids, ascending: of a cohort"
    )
    chosen = ArrayField(
        models.BigIntegerField(),
        default=list,
        blank=True,
        help_text="ids of members who are in a cohort beside its delegations: who facilitates",
    )
    has_animators = models.BooleanField(default=False, help_text="of a cohort: the network's animators are in it too")
    delegation = models.ForeignKey(
        "Delegation", null=True, blank=True, on_delete=models.CASCADE, related_name="circles"
    )
    is_confidential = models.BooleanField(default=False)
    member_count = models.PositiveIntegerField(default=0, editable=False)
    members: models.ManyToManyField[User, CircleMember] = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="CircleMember", related_name="circles"
    )

    objects = CircleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind"], condition=Q(kind="public"), name="circle_one_public"),
            models.UniqueConstraint(
                fields=["network", "kind"],
                condition=Q(kind__in=["network", "animators"]),
                name="circle_one_per_network",
            ),
            models.UniqueConstraint(
                fields=["network", "category", "is_confidential"],
                condition=Q(kind="category"),
                name="circle_one_per_category",
            ),
            models.UniqueConstraint(
                fields=["network", "categories", "is_confidential"],
                condition=Q(kind="categories"),
                name="circle_one_per_categories",
            ),
            models.UniqueConstraint(
                fields=["delegation", "is_confidential"],
                condition=Q(kind="delegation"),
                name="circle_one_per_delegation",
            ),
            models.CheckConstraint(
                condition=~Q(kind="public") | Q(network__isnull=True, is_confidential=False),
                name="circle_public_is_open",
            ),
            models.CheckConstraint(condition=Q(kind="public") | Q(network__isnull=False), name="circle_has_network"),
            models.CheckConstraint(
                condition=~Q(kind="conversation") | Q(is_confidential=True, name=""),
                name="circle_conversation_is_closed",
            ),
            models.CheckConstraint(
                condition=~Q(kind="category") | Q(category__isnull=False), name="circle_category_named"
            ),
            models.CheckConstraint(
                condition=~Q(kind="delegation") | Q(delegation__isnull=False), name="circle_delegation_named"
            ),
            models.CheckConstraint(
                condition=Q(kind="categories", categories__len__gte=2)
                | Q(kind="cohort")
                | ~Q(kind__in=["categories", "cohort"]) & Q(categories=[]),
                name="circle_categories_named",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["cohort", "custom"]) | Q(delegations=[], chosen=[], has_animators=False),
                name="circle_cohort_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def label(self) -> _StrOrPromise:
        """Whom it gathers, for a badge; needs `category` and `delegation` loaded."""
        if self.kind == CircleKind.CATEGORY and self.category:
            return self.category.plural
        if self.kind == CircleKind.DELEGATION and self.delegation:
            return self.delegation.name
        if self.kind in {CircleKind.SESSION, CircleKind.CUSTOM, CircleKind.CATEGORIES, CircleKind.COHORT} and self.name:
            return self.name
        return {
            CircleKind.PUBLIC: _("Tout le monde"),
            CircleKind.NETWORK: _("Réseau"),
            CircleKind.ANIMATORS: _("Animation du réseau"),
            CircleKind.SESSION: _("Inscrit·es de la séance"),
            CircleKind.CONVERSATION: _("Conversation"),
        }.get(CircleKind(self.kind), _("Liste choisie"))


class CircleMember(models.Model):
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="circle_memberships")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "circle"], name="circle_member_unique")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.circle_id}"


def circle_q(user: User | AnonymousUser, field: str = "circle") -> Q:
    """The condition "open to this person" on rows that point to a circle by `field` (may span: `topic__circle`).

    Two uncorrelated sub-selects, so that no join multiplies rows: the circles of the person, and the public one.
    """
    public = Q(**{f"{field}__in": Circle.objects.filter(kind=CircleKind.PUBLIC).values("pk")})
    if not user.is_authenticated or not user.is_active:
        return public
    return Q(**{f"{field}__in": CircleMember.objects.filter(user_id=user.pk).values("circle_id")}) | public
