"""Date polls: slots, who is asked, and what each answered."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peerhub.people.models import ActorCategory, Circle, Network, User, circle_q
from sessions.enums import Format, PollChoice, PollState

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


class DatePollQuerySet(models.QuerySet["DatePoll"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(circle_q(user))

    def with_silence(self, *, user_id: int | None = None, guest_id: int | None = None) -> Self:
        """With `waits`: whether this person, or this guest, has still to answer."""
        return self.annotate(waits=_has_silence(user_id, guest_id))

    def unanswered_by(self, *, user_id: int | None = None, guest_id: int | None = None) -> Self:
        """Those which this person, or this guest, has still to answer."""
        return self.filter(_has_silence(user_id, guest_id))


def _has_silence(user_id: int | None, guest_id: int | None) -> Exists:
    """Still to answer: one of the slots that are proposed has no answer of this person, or of this guest. Whether the
    poll takes answers still is not asked."""
    mine = PollAnswer.objects.filter(slot=OuterRef("pk"), user=user_id, guest=guest_id)
    return Exists(PollSlot.objects.filter(~Exists(mine), poll=OuterRef("pk"), removed_at__isnull=True))


class DatePoll(models.Model):
    """Slots proposed to the people of a circle, and to guests by a signed link, for a session to be."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="date_polls")
    circle = models.ForeignKey(Circle, on_delete=models.RESTRICT, related_name="date_polls")
    programme = models.ForeignKey(
        "Programme", null=True, blank=True, on_delete=models.SET_NULL, related_name="date_polls"
    )
    title = models.CharField(_("titre"), max_length=160)
    note = models.TextField(_("précisions"), blank=True, max_length=2000)
    format = models.CharField(max_length=16, choices=Format.choices, default=Format.PEER_GROUP)
    time_zone = models.CharField(max_length=64, default="Europe/Paris", help_text="IANA name")
    closes_at = models.DateTimeField(null=True, blank=True, help_text="the deadline; after it, nobody answers")
    is_hidden = models.BooleanField(default=False, help_text="answers are hidden until the close")
    state = models.CharField(max_length=10, choices=PollState.choices, default=PollState.OPEN)
    chosen_slot = models.ForeignKey("PollSlot", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    session = models.ForeignKey(
        "PeerSession", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="that it made"
    )
    chased_at = models.DateTimeField(null=True, blank=True)
    token = models.UUIDField(
        null=True, blank=True, unique=True, editable=False, help_text="of a form sent twice, one poll"
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = DatePollQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=PollState.CLOSED) | Q(chosen_slot__isnull=False), name="poll_closed_on_a_slot"
            )
        ]

    def __str__(self) -> str:
        return f"date poll {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("sessions:poll", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == PollState.OPEN

    @property
    def is_confidential(self) -> bool:
        return self.circle.is_confidential

    def takes_answers(self, now: datetime | None = None) -> bool:
        """Whether one may answer now: open, and before its deadline."""
        return self.is_open and (self.closes_at is None or (now or timezone.now()) < self.closes_at)

    def shows_answers(self, now: datetime | None = None) -> bool:
        """Whether anybody may see what others said; of an abandoned poll, what was hidden stays so."""
        if not self.is_hidden or self.state == PollState.CLOSED:
            return True
        return self.is_open and not self.takes_answers(now)

    @property
    def public_title(self) -> _StrOrPromise:
        """What may be written outside of its circle's pages (mails, guests); needs `network` and `circle`."""
        return self.neutral_title if self.is_confidential else self.title

    @property
    def neutral_title(self) -> _StrOrPromise:
        """What somebody outside of its circle may read: a delegate, a guest of a confidential one."""
        return _("Sondage de dates · %(network)s") % {"network": self.network.name}


class PollSlot(models.Model):
    """One span proposed. Removing keeps the answers that were given to it."""

    poll = models.ForeignKey(DatePoll, on_delete=models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["poll", "starts_at", "ends_at"], name="poll_slot_unique"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="poll_slot_ends_after"),
        ]

    def __str__(self) -> str:
        return f"slot {self.pk}"


class PollQuorum(models.Model):
    """How many of a category a slot must gather."""

    poll = models.ForeignKey(DatePoll, on_delete=models.CASCADE, related_name="quorums")
    category = models.ForeignKey(ActorCategory, on_delete=models.PROTECT, related_name="+")
    wanted = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "category"], name="poll_quorum_unique")]

    def __str__(self) -> str:
        return f"quorum {self.pk}"


class PollGuest(models.Model):
    """Somebody without an account who is asked by mail; `nonce` makes the signed link revocable."""

    poll = models.ForeignKey(DatePoll, on_delete=models.CASCADE, related_name="guests")
    name = models.CharField(max_length=120)
    email = models.EmailField()
    category = models.ForeignKey(ActorCategory, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    nonce = models.UUIDField(default=uuid.uuid4)
    added_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "email"], name="poll_guest_unique")]

    def __str__(self) -> str:
        return f"poll guest {self.pk}"


class PollAnswer(models.Model):
    """What one person, or guest, said of one slot; `answered_by` is the delegate who said it."""

    slot = models.ForeignKey(PollSlot, on_delete=models.CASCADE, related_name="answers")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="poll_answers"
    )
    guest = models.ForeignKey(PollGuest, null=True, blank=True, on_delete=models.CASCADE, related_name="answers")
    choice = models.CharField(max_length=9, choices=PollChoice.choices)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    answered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slot", "user"], name="poll_answer_of_user"),
            models.UniqueConstraint(fields=["slot", "guest"], name="poll_answer_of_guest"),
            models.CheckConstraint(
                condition=Q(user__isnull=False, guest__isnull=True) | Q(user__isnull=True, guest__isnull=False),
                name="poll_answer_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"poll answer {self.pk}"
