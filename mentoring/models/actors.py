"""Resource actors: what organisations offer, where, until when, and whom to ask."""

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mentoring.enums import SupportKind
from mentoring.models.competences import Competence
from peerhub.people.models import Circle, Network, Organisation, Territory, User, circle_q


class SupportQuerySet(models.QuerySet["Support"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(circle_q(user))

    def current(self) -> Self:
        """Not past its date, nor withdrawn."""
        today = timezone.localdate()
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=today), withdrawn_at__isnull=True)


class Support(models.Model):
    """One kind of support that an organisation offers in a network: what makes it a resource actor there."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="supports", db_index=False)
    circle = models.ForeignKey(Circle, on_delete=models.RESTRICT, related_name="supports")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="supports")
    kind = models.CharField(_("nature de l’appui"), max_length=10, choices=SupportKind.choices)
    summary = models.CharField(_("en une phrase"), max_length=200)
    details = models.TextField(_("précisions"), max_length=4000, blank=True, help_text="plain text")
    website = models.URLField(_("page à lire"), max_length=300, blank=True)
    competences: models.ManyToManyField[Competence, models.Model] = models.ManyToManyField(
        Competence, blank=True, related_name="supports"
    )
    territories: models.ManyToManyField[Territory, models.Model] = models.ManyToManyField(
        Territory, blank=True, related_name="supports", help_text="that it covers, with all in them; none: everywhere"
    )
    valid_until = models.DateField(_("valable jusqu’au"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    renewal_asked_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="of its keepers")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = SupportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network", "organisation", "kind"],
                condition=Q(withdrawn_at__isnull=True),
                name="support_one_of_a_kind",
            )
        ]
        indexes = [models.Index(fields=["valid_until"], condition=Q(withdrawn_at__isnull=True), name="support_ends_on")]

    def __str__(self) -> str:
        return f"support {self.pk}"

    @property
    def is_over(self) -> bool:
        """Past its date."""
        return self.valid_until is not None and self.valid_until < timezone.localdate()

    @property
    def is_current(self) -> bool:
        """Neither past its date nor withdrawn; the twin of `SupportQuerySet.current`."""
        return self.withdrawn_at is None and not self.is_over


class SupportContact(models.Model):
    """Whom to ask, by role. A member is reached through the platform; an address is written for an office only."""

    support = models.ForeignKey(Support, on_delete=models.CASCADE, related_name="contacts")
    role = models.CharField(_("fonction"), max_length=120)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    email = models.EmailField(_("adresse du service"), blank=True)
    phone = models.CharField(_("téléphone du service"), max_length=30, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["support", "role"], name="support_contact_one_a_role"),
            models.CheckConstraint(
                condition=Q(user__isnull=False) | ~Q(email="") | ~Q(phone=""), name="support_contact_reaches"
            ),
        ]

    def __str__(self) -> str:
        return f"contact {self.pk}"


class OrganisationKeeper(models.Model):
    """Who keeps what an organisation offers in a network: one of its own people, named by another or by an animator."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="+", db_index=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="keepers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="kept_organisations")
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "organisation", "user"], name="organisation_keeper_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} keeps organisation {self.organisation_id}"
