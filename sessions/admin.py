"""Sessions for platform administrators: metadata alone. What a session is about is read on the platform, by those in
its circle; titles show only where everyone may read them, and nothing is written here."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from peerhub.people.enums import CircleKind
from peerhub.ui.admin import ReadOnly
from sessions.models import PeerSession, Reminder


@admin.register(PeerSession)
class PeerSessionAdmin(ReadOnly):
    list_display = ("pk", "public_heading", "network", "circle", "starts_at", "state", "registered_count", "capacity")
    list_filter = ("network", "state", "format")
    list_select_related = ("network", "circle")
    fields = (
        "public_heading",
        "network",
        "circle",
        "format",
        "starts_at",
        "ends_at",
        "time_zone",
        "state",
        "sequence",
        "uid",
        "capacity",
        "registered_count",
        "created_at",
        "updated_at",
    )

    @admin.display(description="title, where public")
    def public_heading(self, session: PeerSession) -> str:
        return session.title if session.circle.kind == CircleKind.PUBLIC else "-"


@admin.register(Reminder)
class ReminderAdmin(ReadOnly):
    """To see what waits, and why something was not sent; of nobody in particular."""

    list_display = ("pk", "session", "offset_minutes", "due_at", "attempts", "sent_at", "skipped_reason")
    list_filter = ("skipped_reason", "offset_minutes")
    list_select_related = ("session",)
    fields = ("session", "offset_minutes", "due_at", "attempts", "lease_until", "sent_at", "skipped_reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reminder]:
        return super().get_queryset(request).order_by("-due_at")
