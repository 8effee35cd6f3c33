"""What the administrator's pages share."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


class FilteredAsShown(admin.ModelAdmin):  # type: ignore[type-arg]
    """A list is narrowed by its own filters alone. Django lets an address name any column of the model
    (`?body__startswith=a`), which tells, a letter at a time, what no page of ours shows to an administrator."""

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        name, _dash, rest = lookup.partition("__")
        is_filter = name in self.get_list_filter(request)
        return is_filter and rest in {"", "exact", "in", "isnull", "id__exact"}


class ReadOnly(FilteredAsShown):
    """Rows that services keep: looked at here, never written."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
