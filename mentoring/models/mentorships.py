"""Mentorships: one mentor, one peer or several, from an agreement to an end."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mentoring.enums import MentorshipEnd, MentorshipState, Rhythm
from mentoring.models.competences import Competence
from mentoring.models.needs import Need
from mentoring.models.solicitations import Solicitation
from peerhub.people.models import Circle, Membership, Network, User, circle_q

RUNNING = (MentorshipState.ACTIVE, MentorshipState.PAUSED)


class MentorshipQuerySet(models.QuerySet["Mentorship"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of one's circles, and the groups into which one is asked: what is agreed there, until one answers."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        asked = MentorshipPeer.objects.filter(user=user, left_at__isnull=True, is_reached=True)
        inside = Membership.objects.active().filter(user=user)
        invited = Q(pk__in=asked.values("mentorship"), network__in=inside.values("network"))
        return self.filter(circle_q(user) | invited & ~Q(state=MentorshipState.ENDED))

    def running(self) -> Self:
        """What fills a mentor's places."""
        return self.filter(state__in=RUNNING)


class Mentorship(models.Model):
    """An accepted pairing over time, or a group of several peers around one mentor.

    Its circle is a confidential list of its people: conversation (`topic`), meetings and shared notes are theirs alone.
    What is agreed has a `terms_number`: a change of goals, rhythm or end raises it, and everyone agrees anew.
    """

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="mentorships")
    circle = models.OneToOneField(Circle, on_delete=models.RESTRICT, related_name="mentorship")
    topic = models.ForeignKey("forums.Topic", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    mentor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentorships_given")
    need = models.ForeignKey(Need, null=True, blank=True, on_delete=models.SET_NULL, related_name="mentorships")
    solicitation = models.OneToOneField(
        Solicitation, null=True, blank=True, on_delete=models.SET_NULL, related_name="mentorship"
    )
    competence = models.ForeignKey(Competence, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    is_group = models.BooleanField(default=False)
    places = models.PositiveSmallIntegerField(default=1, help_text="peers at most")
    is_open = models.BooleanField(
        _("groupe ouvert"), default=False, help_text="its terms are shown to its network, whose members may ask to join"
    )
    goals = models.TextField(_("objectifs"), max_length=4000, blank=True, help_text="plain text")
    rhythm = models.CharField(_("rythme"), max_length=12, choices=Rhythm.choices, default=Rhythm.MONTHLY)
    starts_on = models.DateField(_("début"))
    ends_on = models.DateField(_("fin prévue"))
    terms_number = models.PositiveSmallIntegerField(default=1)
    mentor_agreed_number = models.PositiveSmallIntegerField(default=0, help_text="of the terms; 0: none yet")
    state = models.CharField(max_length=10, choices=MentorshipState.choices, default=MentorshipState.PROPOSED)
    paused_until = models.DateField(null=True, blank=True)
    end_asked_for = models.DateField(null=True, blank=True, help_text="the end on whose day its people were asked")
    token = models.UUIDField(null=True, unique=True, editable=False, help_text="of the form that proposed it")
    ending = models.CharField(max_length=10, choices=MentorshipEnd.choices, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = MentorshipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="mentorship_ends_after"),
            models.CheckConstraint(
                condition=Q(is_group=True, places__range=(2, 12)) | Q(is_group=False, places=1),
                name="mentorship_places",
            ),
            models.CheckConstraint(condition=Q(is_open=False) | Q(is_group=True), name="mentorship_open_group"),
            models.CheckConstraint(
                condition=Q(state=MentorshipState.ENDED, ended_at__isnull=False) & ~Q(ending="")
                | ~Q(state=MentorshipState.ENDED) & Q(ended_at__isnull=True, ending=""),
                name="mentorship_ended_somehow",
            ),
            models.CheckConstraint(
                condition=Q(mentor_agreed_number__lte=F("terms_number")), name="mentorship_agreed_to_what_was_said"
            ),
            models.CheckConstraint(
                condition=Q(state=MentorshipState.PAUSED, paused_until__isnull=False)
                | ~Q(state=MentorshipState.PAUSED) & Q(paused_until__isnull=True),
                name="mentorship_pause_ends",
            ),
        ]
        indexes = [
            models.Index(fields=["mentor"], condition=Q(state__in=["active", "paused"]), name="mentorship_running"),
            models.Index(fields=["network", "state"], name="mentorship_of_network"),
        ]

    def __str__(self) -> str:
        return f"mentorship {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("mentoring:mentorship", args=[self.pk])

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING

    @property
    def is_ended(self) -> bool:
        return self.state == MentorshipState.ENDED


class MentorshipPeer(models.Model):
    """Who is accompanied, or asked to be. Leaving is without fault: nobody is told why, and the need may open again.

    Asked into a group, one enters its circle with one's agreement. Who must not be brought together with its people is
    not reached: such a row is its mentor's alone, to whom it is like that of anybody who has not answered yet.
    """

    mentorship = models.ForeignKey(Mentorship, on_delete=models.CASCADE, related_name="peers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentorships_received")
    agreed_number = models.PositiveSmallIntegerField(default=0, help_text="of the terms; 0: none yet")
    is_reached = models.BooleanField(default=True, editable=False, help_text="off: told nothing, and shown nothing")
    joined_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mentorship", "user"], name="mentorship_peer_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in mentorship {self.mentorship_id}"


class GroupAsk(models.Model):
    """Somebody asks to join an open group: told to its mentor, and to nobody else. It takes no place.

    One that could not be granted without bringing together people who are kept apart is not shown to the mentor: to
    whoever asked, it is like any other that has no answer (`queries.open_groups.asks_to_read`).
    """

    mentorship = models.ForeignKey(Mentorship, on_delete=models.CASCADE, related_name="asks", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="group_asks")
    number = models.PositiveSmallIntegerField(help_text="of the terms that were read, and are agreed to")
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mentorship", "user"], name="group_ask_once")]

    def __str__(self) -> str:
        return f"ask {self.pk}"


class MentorshipMeeting(models.Model):
    """A session of a mentorship: it has the mentorship's circle, so that only its people see it."""

    mentorship = models.ForeignKey(Mentorship, on_delete=models.CASCADE, related_name="meetings")
    session = models.OneToOneField(
        "peer_sessions.PeerSession", on_delete=models.CASCADE, related_name="mentorship_meeting"
    )

    def __str__(self) -> str:
        return f"meeting {self.pk}"
