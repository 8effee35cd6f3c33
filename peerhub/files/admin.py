"""Files for platform administrators: metadata alone. Neither the name nor the bytes, which belong to the circle."""

from django.contrib import admin

from peerhub.files.models import StoredFile
from peerhub.ui.admin import ReadOnly


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnly):
    list_display = ("pk", "network", "circle", "kind", "state", "size_bytes", "created_at", "withdrawn_at")
    list_filter = ("network", "kind", "state")
    list_select_related = ("network", "circle")
    fields = (
        ("network", "circle", "owner"),
        ("kind", "state", "content_type", "size_bytes"),
        ("created_at", "withdrawn_at"),
    )
    show_full_result_count = False
