"""The administrator's pages of people: metadata, and acts through the services.

No page shows who is in a circle: administrators have no key to what they are not in. No password is shown or set
here: a person signs in by an e-mailed code.
"""

from typing import Any

import allauth.account.admin  # noqa: F401 - registers what is unregistered here
from allauth.account.models import EmailAddress
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from peerhub.people.colours import forget_stylesheet
from peerhub.people.enums import MembershipStatus, Role
from peerhub.people.models import (
    ActorCategory,
    Affiliation,
    Circle,
    Delegation,
    Membership,
    Network,
    Organisation,
    Territory,
    User,
)
from peerhub.people.services import accounts, memberships
from peerhub.ui.admin import FilteredAsShown, ReadOnly

# A code sent to an address opens its account: whoever could give an address to somebody could read as that person.
admin.site.unregister(EmailAddress)


class NeverDeleted(FilteredAsShown):
    """Rows that others refer to: they are closed, not deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(NeverDeleted):
    list_display = ["email", "given_name", "family_name", "is_active", "is_staff", "date_joined"]
    list_filter = ["is_active", "is_staff", "language"]
    search_fields = ["email", "given_name", "family_name"]
    ordering = ["-date_joined"]
    actions = ["deactivate", "reactivate"]
    fields = [
        "email", "given_name", "family_name", "language", "time_zone", "is_staff", "is_active", "date_joined",
        "last_login",
    ]  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        fixed = ["is_active", "date_joined", "last_login"]
        if obj:
            fixed.append("email")
        if not request.user.is_superuser:
            fixed.append("is_staff")
        return fixed

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        cleaned = form.cleaned_data
        if change:
            accounts.rename_user(user=obj, given_name=obj.given_name, family_name=obj.family_name)
            accounts.change_locale(user=obj, language=obj.language, time_zone=obj.time_zone)
        else:
            made = accounts.create_user(
                email=obj.email,
                given_name=obj.given_name,
                family_name=obj.family_name,
                language=obj.language,
                time_zone=obj.time_zone,
            )
            obj.pk = made.pk
        if "is_staff" in cleaned:
            accounts.set_staff(user=obj, is_staff=cleaned["is_staff"])

    @admin.action(description="Close the accounts (no sign-in, no circle)", permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset.filter(is_active=True).exclude(email=request.user.get_username()):
            memberships.deactivate_user(user=user)
        self.message_user(request, "The accounts are closed.", messages.SUCCESS)

    @admin.action(description="Open the accounts again", permissions=["change"])
    def reactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset.filter(is_active=False):
            memberships.reactivate_user(user=user)
        self.message_user(request, "The accounts are open.", messages.SUCCESS)


@admin.register(ActorCategory)
class ActorCategoryAdmin(FilteredAsShown):
    list_display = ["slug", "label_fr", "label_en", "color_light", "color_dark", "position"]

    def save_model(self, request: HttpRequest, obj: ActorCategory, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        forget_stylesheet()

    def get_readonly_fields(self, request: HttpRequest, obj: ActorCategory | None = None) -> list[str]:
        # The slug stands in addresses and in the stylesheet.
        return ["slug"] if obj else []


@admin.register(Network)
class NetworkAdmin(NeverDeleted):
    list_display = ["name", "slug", "is_public", "join_policy", "created_at"]
    readonly_fields = ["created_at"]
    prepopulated_fields = {"slug": ["name"]}

    def save_model(self, request: HttpRequest, obj: Network, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        made = memberships.create_network(
            slug=obj.slug,
            name=obj.name,
            tagline=obj.tagline,
            description=obj.description,
            is_public=obj.is_public,
            join_policy=obj.join_policy,
        )
        obj.pk = made.pk


@admin.register(Membership)
class MembershipAdmin(ReadOnly):
    list_display = ["user", "network", "role", "status", "joined_at"]
    list_filter = ["network", "role", "status"]
    list_select_related = ["user", "network"]
    search_fields = ["user__email", "user__given_name", "user__family_name"]
    actions = ["make_animator", "make_member", "suspend", "reinstate"]

    def has_act_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("people.change_membership")

    @admin.action(description="Make them animators", permissions=["act"])
    def make_animator(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        self._set_role(request, queryset, Role.ANIMATOR)

    @admin.action(description="Make them plain members", permissions=["act"])
    def make_member(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        self._set_role(request, queryset, Role.MEMBER)

    @admin.action(description="Suspend", permissions=["act"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        for membership in queryset.select_related("user", "network"):
            memberships.end_membership(membership=membership, status=MembershipStatus.SUSPENDED)
        self.message_user(request, "Suspended: out of every circle of the network.", messages.SUCCESS)

    @admin.action(description="Reinstate", permissions=["act"])
    def reinstate(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        for membership in queryset.select_related("user", "network"):
            memberships.reinstate_membership(membership=membership)
        self.message_user(request, "Reinstated.", messages.SUCCESS)

    def _set_role(self, request: HttpRequest, queryset: QuerySet[Membership], role: Role) -> None:
        for membership in queryset.select_related("user", "network"):
            memberships.set_role(membership=membership, role=role)
        self.message_user(request, "The role is set.", messages.SUCCESS)


@admin.register(Affiliation)
class AffiliationAdmin(ReadOnly):
    list_display = ["user", "category", "title", "organisation", "territory", "ends_on"]
    list_filter = ["category"]
    list_select_related = ["user", "category", "organisation", "territory"]
    search_fields = ["user__email", "title", "organisation__name"]


@admin.register(Circle)
class CircleAdmin(ReadOnly):
    """What circles exist and how large they are; the names of confidential ones stay with their people."""

    list_display = ["pk", "kind", "network", "shown_name", "is_confidential", "member_count"]
    list_filter = ["kind", "is_confidential", "network"]
    list_select_related = ["network"]
    fields = ["kind", "network", "shown_name", "is_confidential", "member_count"]

    @admin.display(description="name")
    def shown_name(self, circle: Circle) -> str:
        return "(confidential)" if circle.is_confidential else circle.name


@admin.register(Delegation)
class DelegationAdmin(NeverDeleted):
    list_display = ["name", "network", "territory"]
    list_filter = ["network"]
    list_select_related = ["network", "territory"]
    autocomplete_fields = ["territory"]


@admin.register(Organisation)
class OrganisationAdmin(FilteredAsShown):
    list_display = ["name", "kind", "territory"]
    list_filter = ["kind"]
    list_select_related = ["territory"]
    search_fields = ["name"]
    autocomplete_fields = ["territory"]


@admin.register(Territory)
class TerritoryAdmin(ReadOnly):
    list_display = ["name", "kind", "code", "population", "stratum"]
    list_filter = ["kind", "stratum"]
    search_fields = ["name", "name_folded", "code"]
    exclude = ["name_folded"]
    show_full_result_count = False
