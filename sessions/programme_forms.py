"""Forms of programmes, delegations and peer days: they parse and clean; services decide."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peerhub.people.models import ActorCategory, Delegation, Membership, User
from peerhub.text.writing import with_how
from peerhub.ui.forms import DayInput, HourInput
from sessions.enums import ApprovalRule, DayPattern, LeaversRule, MilestoneKind, VideoProvider
from sessions.forms import check_year, provider_choices, zone_choices
from sessions.local_time import UnclearLocalTime, resolve
from sessions.models import Milestone, PeerSession, Programme
from sessions.services.peer_days import Change
from sessions.services.programmes import About


def _sentences(choices: list[tuple[str, Any]]) -> list[tuple[str, str]]:
    return [(value, capfirst(str(label))) for value, label in choices]


class DelegationsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Delegation.objects.none(), widget=forms.CheckboxSelectMultiple, **kwargs)


class MemberField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A membership by the name of its person, with the hat."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user.full_name} · {obj.affiliation.category.label}"


def choose_among(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = rows


class ProgrammeForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Titre"), max_length=160)
    starts_on = forms.DateField(label=gettext_lazy("Début"), widget=DayInput(), validators=[check_year])
    ends_on = forms.DateField(label=gettext_lazy("Fin"), widget=DayInput(), validators=[check_year])
    description = forms.CharField(
        label=gettext_lazy("Présentation"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea({"rows": 6}),
        help_text=with_how(gettext_lazy("Ce que l’on y fera ensemble.")),
    )
    delegations = DelegationsField(label=gettext_lazy("Délégations du réseau"), required=False)
    new_delegations = forms.CharField(
        label=gettext_lazy("Nouvelles délégations"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("Une par ligne : le nom du territoire."),
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Fuseau horaire"))
    leavers_rule = forms.ChoiceField(
        label=gettext_lazy("Qui quitte une délégation"), choices=lambda: _sentences(LeaversRule.choices)
    )
    approval_rule = forms.ChoiceField(
        label=gettext_lazy("Une restitution est approuvée quand"), choices=lambda: _sentences(ApprovalRule.choices)
    )
    approval_days = forms.IntegerField(
        label=gettext_lazy("Délai d’approbation, en jours"), min_value=1, max_value=60, initial=3
    )

    def __init__(
        self, *args: Any, delegations: QuerySet[Delegation], programme: Programme | None = None, **kwargs: Any
    ) -> None:
        if programme is not None:
            kwargs["initial"] = {**initial_of(programme), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        choose_among(self, "delegations", delegations)
        zone = self.fields["time_zone"]
        if isinstance(zone, forms.ChoiceField):
            zone.choices = zone_choices()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("Le parcours doit se terminer après son début."))
        return data

    def values(self) -> dict[str, Any]:
        """What the services take."""
        data = self.cleaned_data
        names = ("title", "starts_on", "ends_on", "description", "time_zone")
        rules = ("leavers_rule", "approval_rule", "approval_days")
        return {
            "about": About(**{name: data[name] for name in (*names, *rules)}),
            "delegations": [one.pk for one in data["delegations"]],
            "new_delegations": data["new_delegations"].splitlines(),
        }


def initial_of(programme: Programme) -> dict[str, Any]:
    names = ("title", "starts_on", "ends_on", "description", "time_zone")
    rules = ("leavers_rule", "approval_rule", "approval_days")
    known = {name: getattr(programme, name) for name in (*names, *rules)}
    return {**known, "delegations": list(programme.enrolments.values_list("delegation", flat=True))}


class DuplicateForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Titre"), max_length=160)
    starts_on = forms.DateField(
        label=gettext_lazy("Nouveau début"),
        widget=DayInput(),
        validators=[check_year],
        help_text=gettext_lazy("Échéances, journées et séances se décalent d’autant, aux mêmes heures locales."),
    )
    delegations = DelegationsField(label=gettext_lazy("Délégations"), required=False)

    def __init__(self, *args: Any, delegations: QuerySet[Delegation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_among(self, "delegations", delegations)

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {**data, "delegations": [one.pk for one in data["delegations"]]}


class MilestoneForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("Quoi"), choices=lambda: _sentences(MilestoneKind.choices))
    title = forms.CharField(label=gettext_lazy("Titre"), max_length=160)
    on = forms.DateField(label=gettext_lazy("Date"), widget=DayInput(), validators=[check_year])
    delegation = forms.ModelChoiceField(
        label=gettext_lazy("Délégation"),
        queryset=Delegation.objects.none(),
        required=False,
        empty_label=gettext_lazy("Toutes"),
        help_text=gettext_lazy("Celle qui accueille, ou que l’échéance concerne."),
    )
    note = forms.CharField(
        label=gettext_lazy("Précisions"), required=False, max_length=500, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, programme: Programme, milestone: Milestone | None = None, **kwargs: Any) -> None:
        if milestone is not None:
            names = ("kind", "title", "on", "note")
            kwargs["initial"] = {name: getattr(milestone, name) for name in names} | {
                "delegation": milestone.delegation_id
            }
        super().__init__(*args, **kwargs)
        choose_among(self, "delegation", Delegation.objects.filter(enrolments__programme=programme).order_by("name"))

    def values(self) -> dict[str, Any]:
        delegation = self.cleaned_data["delegation"]
        return {**self.cleaned_data, "delegation": delegation.pk if delegation else None}


class EnrolmentForm(forms.Form):
    seats = forms.IntegerField(
        label=gettext_lazy("Personnes au plus"),
        required=False,
        min_value=0,
        max_value=500,
        help_text=gettext_lazy("Laissez vide s’il n’y a pas de limite."),
    )
    lead = MemberField(
        label=gettext_lazy("Référent·e"),
        queryset=Membership.objects.none(),
        required=False,
        empty_label=gettext_lazy("Personne encore"),
        help_text=gettext_lazy("Choisit les personnes de la délégation, dans la limite de ses places."),
    )

    def __init__(self, *args: Any, people: QuerySet[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_among(self, "lead", people)

    def values(self) -> dict[str, Any]:
        lead = self.cleaned_data["lead"]
        return {"seats": self.cleaned_data["seats"], "lead": lead.user_id if lead else None}


class PersonForm(forms.Form):
    """One member of the network."""

    membership = MemberField(
        label=gettext_lazy("Membre du réseau"), queryset=Membership.objects.none(), empty_label=gettext_lazy("Choisir…")
    )

    def __init__(self, *args: Any, people: QuerySet[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_among(self, "membership", people)


class DelegateForm(forms.Form):
    """Who may answer for whom."""

    principal = MemberField(label=gettext_lazy("Pour"), queryset=Membership.objects.none(), empty_label=None)
    membership = MemberField(
        label=gettext_lazy("Peut répondre"),
        queryset=Membership.objects.none(),
        empty_label=gettext_lazy("Choisir…"),
        help_text=gettext_lazy("Un·e membre du réseau : secrétariat, cabinet. Cela se voit, et se retire."),
    )

    def __init__(
        self, *args: Any, principals: QuerySet[Membership], people: QuerySet[Membership], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choose_among(self, "principal", principals)
        choose_among(self, "membership", people)


class CategoriesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=ActorCategory.objects.order_by("position", "slug"),
            to_field_name="slug",
            widget=forms.CheckboxSelectMultiple,
            **kwargs,
        )

    def label_from_instance(self, obj: Any) -> str:
        return format_html('<span class="hat c-{}">{}</span>', obj.slug, capfirst(obj.plural))


class PeerDayForm(forms.Form):
    on = forms.DateField(label=gettext_lazy("Date"), widget=DayInput(), validators=[check_year])
    pattern = forms.ChoiceField(
        label=gettext_lazy("Déroulé"),
        choices=lambda: _sentences(DayPattern.choices),
        initial=DayPattern.PARALLEL,
        widget=forms.RadioSelect,
    )
    categories = CategoriesField(
        label=gettext_lazy("Catégories"),
        error_messages={"required": gettext_lazy("Choisissez au moins une catégorie.")},
        help_text=gettext_lazy("Chacune aura sa séance, en confidence : deux personnes par délégation au plus."),
    )
    title = forms.CharField(
        label=gettext_lazy("Titre"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("Laissez vide : « Journée entre pairs du… »."),
    )
    video_provider = forms.ChoiceField(
        label=gettext_lazy("Visioconférence"),
        choices=provider_choices,
        initial=VideoProvider.LINK,
        help_text=gettext_lazy("De chaque séance ; cela se change ensuite, séance par séance."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["categories"].required = self["pattern"].value() != DayPattern.AGORA
        if len(provider_choices()) < 2:
            del self.fields["video_provider"]


class ChaseForm(forms.Form):
    delegation = forms.IntegerField(required=False)


class SlotForm(forms.Form):
    """One session of the board, edited in place; hours are those of the session's zone."""

    title = forms.CharField(label=gettext_lazy("Titre"), max_length=160)
    on = forms.DateField(label=gettext_lazy("Jour"), widget=DayInput(), validators=[check_year])
    starts_time = forms.TimeField(label=gettext_lazy("Début"), widget=HourInput())
    ends_time = forms.TimeField(label=gettext_lazy("Fin"), widget=HourInput())
    facilitators = forms.MultipleChoiceField(
        label=gettext_lazy("Qui facilite"), required=False, widget=forms.CheckboxSelectMultiple
    )
    capacity = forms.IntegerField(
        label=gettext_lazy("Places"), required=False, min_value=1, max_value=100_000,
        help_text=gettext_lazy("Vide : sans limite."),
    )  # fmt: skip
    per_delegation = forms.IntegerField(
        label=gettext_lazy("Par délégation"), required=False, min_value=1, max_value=1000,
        help_text=gettext_lazy("Vide : sans limite."),
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        session: PeerSession,
        people: list[User],
        per_delegation: int | None = None,
        is_readable: bool = True,
        **kwargs: Any,
    ) -> None:
        self.session = session
        zone = ZoneInfo(session.time_zone)
        starts_at, ends_at = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
        kwargs["initial"] = {
            "title": session.title,
            "on": starts_at.date(),
            "starts_time": starts_at.time(),
            "ends_time": ends_at.time(),
            "facilitators": [str(one.pk) for one in session.facilitators.all()],
            "capacity": session.capacity,
            "per_delegation": per_delegation,
        }
        super().__init__(*args, **{**kwargs, "prefix": f"s{session.pk}"})
        field = self.fields["facilitators"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(str(one.pk), one.full_name) for one in people]
        if not is_readable:
            del self.fields["title"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["starts_at"] = self._instant("starts_time", data.get("on"), data.get("starts_time"))
        data["ends_at"] = self._instant("ends_time", data.get("on"), data.get("ends_time"))
        if data["starts_at"] and data["ends_at"] and data["ends_at"] <= data["starts_at"]:
            self.add_error("ends_time", _("La séance doit se terminer après son début."))
        return data

    def _instant(self, field: str, day: date | None, hour: time | None) -> datetime | None:
        if day is None or hour is None:
            return None
        try:
            return resolve(datetime.combine(day, hour), self.session.time_zone)
        except (UnclearLocalTime, OverflowError) as error:
            self.add_error(field, ValidationError(str(error)))
            return None

    def change(self) -> Change:
        """What the service takes."""
        data = self.cleaned_data
        return Change(
            title=data.get("title"),
            starts_at=data["starts_at"],
            ends_at=data["ends_at"],
            facilitators=frozenset(int(pk) for pk in data["facilitators"]),
            capacity=data["capacity"],
            per_delegation=data["per_delegation"],
        )
