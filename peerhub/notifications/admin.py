from django.contrib import admin

from peerhub.notifications.models import Delivery
from peerhub.ui.admin import ReadOnly


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly):
    """How mails fare, to help a person who got none: states and times, never what they say."""

    list_display = ("id", "channel", "frequency", "state", "skipped_reason", "attempts", "due_at", "sent_at")
    list_filter = ("state", "channel", "frequency")
    list_select_related = ()
    show_full_result_count = False
