"""Networks, their delegations and members."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peerhub.people.enums import (
    CircleKind,
    JoinPolicy,
    MembershipStatus,
    Role,
)
from peerhub.people.models.circles import CircleMember
from peerhub.people.models.hats import Affiliation, Territory
from peerhub.people.models.users import User


class NetworkQuerySet(models.QuerySet["Network"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Public networks, and those whose circle the person is in."""
        if not user.is_authenticated or not user.is_active:
            return self.filter(is_public=True)
        own = CircleMember.objects.filter(user_id=user.pk, circle__kind=CircleKind.NETWORK).values("circle__network_id")
        return self.filter(Q(is_public=True) | Q(pk__in=own))


class Network(models.Model):
    """A community on the platform: its members, animators, spaces, calendar."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(_("nom"), max_length=120)
    tagline = models.CharField(_("en une phrase"), max_length=200, blank=True)
    description = models.TextField(_("présentation"), blank=True)
    is_public = models.BooleanField(_("page visible de tout le monde"), default=True)
    join_policy = models.CharField(max_length=10, choices=JoinPolicy.choices, default=JoinPolicy.CLOSED)
    created_at = models.DateTimeField(default=timezone.now)

    objects = NetworkQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("portal:network-home", args=[self.slug])


class Delegation(models.Model):
    """The people of one territory in a programme network, each in an actor category."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="delegations")
    territory = models.ForeignKey(
        Territory, null=True, blank=True, on_delete=models.SET_NULL, related_name="delegations"
    )
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["network", "name"], name="delegation_name_unique")]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> Self:
        return self.filter(status=MembershipStatus.ACTIVE, user__is_active=True)

    def animating(self) -> Self:
        return self.active().filter(role=Role.ANIMATOR)

    def with_hat(self) -> Self:
        return self.select_related(
            "user",
            "affiliation__category",
            "affiliation__territory",
            "affiliation__organisation",
            "delegation",
        )


class Membership(models.Model):
    """A person in a network, with the hat worn there. Written by `services.memberships` alone."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    affiliation = models.ForeignKey(Affiliation, on_delete=models.RESTRICT, related_name="memberships")
    delegation = models.ForeignKey(
        Delegation, null=True, blank=True, on_delete=models.SET_NULL, related_name="memberships"
    )
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    status = models.CharField(max_length=10, choices=MembershipStatus.choices, default=MembershipStatus.ACTIVE)
    joined_at = models.DateTimeField(default=timezone.now)
    hat_confirmed_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="when an animator vouched for the hat worn here; without it, no confidential circle of a category",
    )
    silenced_until = models.DateTimeField(null=True, blank=True, help_text="reads, and does not write, until then")
    suspended_until = models.DateTimeField(
        null=True, blank=True, help_text="when a suspension ends by itself; without it, by an act alone"
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "network"], name="membership_unique"),
            models.CheckConstraint(
                condition=Q(suspended_until__isnull=True) | Q(status="suspended"), name="membership_suspension_ends"
            ),
        ]
        # The newcomers, on each member's home: without it, a walk through every membership (28 ms of 100,000).
        indexes = [
            models.Index(
                F("network"),
                F("joined_at").desc(),
                F("id").desc(),
                condition=Q(status="active"),
                name="membership_newest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.network_id}"

    @property
    def is_active(self) -> bool:
        return self.status == MembershipStatus.ACTIVE

    @property
    def is_animator(self) -> bool:
        return self.is_active and self.role == Role.ANIMATOR

    @property
    def is_suspended(self) -> bool:
        """Whether a suspension holds now; one with a date ends then, before the platform has noticed."""
        return self.status == MembershipStatus.SUSPENDED and (
            self.suspended_until is None or self.suspended_until > timezone.now()
        )

    @property
    def is_silenced(self) -> bool:
        """Whether the person may read here and not write; ends by itself."""
        return self.silenced_until is not None and self.silenced_until > timezone.now()
