from django.contrib import admin
from django.http import HttpRequest

from peerhub.notifications.models import Delivery
from peerhub.ui.admin import FilteredAsShown


@admin.register(Delivery)
class DeliveryAdmin(FilteredAsShown):
    """How mails fare, to help a person who got none: states and times, never what they say."""

    list_display = ("id", "channel", "frequency", "state", "skipped_reason", "attempts", "due_at", "sent_at")
    list_filter = ("state", "channel", "frequency")
    list_select_related = ()
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Delivery | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Delivery | None = None) -> bool:
        return False
