"""People, what they speak as, where they gather, and the circles that say who sees what."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from peerhub.people.enums import (
    CircleKind,
    JoinPolicy,
    Language,
    MembershipStatus,
    OrganisationKind,
    Role,
    Stratum,
    TerritoryKind,
)

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


class UserManager(BaseUserManager["User"]):
    use_in_migrations = True

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """For `createsuperuser` alone; everything else goes through `services.accounts.create_user`."""
        user = self.model(email=email.lower(), is_staff=True, is_superuser=True, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by an e-mail address. What the person speaks as is an `Affiliation`."""

    email = models.EmailField(
        _("adresse e-mail"), unique=True, error_messages={"unique": _("Cette adresse a déjà un compte.")}
    )
    given_name = models.CharField(_("prénom"), max_length=80)
    family_name = models.CharField(_("nom"), max_length=80)
    language = models.CharField(_("langue"), max_length=2, choices=Language.choices, default=Language.FRENCH)
    time_zone = models.CharField(_("fuseau horaire"), max_length=64, default="Europe/Paris")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["given_name", "family_name"]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lower"),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def initials(self) -> str:
        """One or two capitals, never empty."""
        return (self.given_name[:1] + self.family_name[:1]).upper() or "?"


class ActorCategory(models.Model):
    """What kind of actor a person is: élu·e, agent, association... Data that a deployment edits."""

    slug = models.SlugField(max_length=30, unique=True)
    label_fr = models.CharField(max_length=60)
    label_en = models.CharField(max_length=60)
    plural_fr = models.CharField(max_length=60)
    plural_en = models.CharField(max_length=60)
    color_light = models.CharField(max_length=7, help_text="#rrggbb, 4.5:1 on white and on paper")
    color_dark = models.CharField(max_length=7, help_text="#rrggbb, 4.5:1 on the dark card")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "slug"]
        verbose_name_plural = "actor categories"
        constraints = [
            models.CheckConstraint(
                condition=Q(color_light__regex=r"^#[0-9a-fA-F]{6}$", color_dark__regex=r"^#[0-9a-fA-F]{6}$"),
                name="category_colours_are_hex",
                violation_error_message="A colour is written #rrggbb.",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.label_en if translation.get_language() == "en" else self.label_fr

    @property
    def plural(self) -> str:
        return self.plural_en if translation.get_language() == "en" else self.plural_fr


class Territory(models.Model):
    """A perimeter of public action, from the official list (or another one, without an official code)."""

    kind = models.CharField(max_length=12, choices=TerritoryKind.choices)
    code = models.CharField(max_length=12, help_text="INSEE code (commune, département, région) or SIREN (EPCI)")
    name = models.CharField(max_length=160)
    name_folded = models.CharField(max_length=160, editable=False)
    population = models.PositiveIntegerField(null=True, blank=True, help_text="inhabitants")
    stratum = models.GeneratedField(
        expression=Case(
            When(population__lt=500, then=Value(Stratum.UNDER_500.value)),
            When(population__lt=2000, then=Value(Stratum.UNDER_2000.value)),
            When(population__lt=10000, then=Value(Stratum.UNDER_10000.value)),
            When(population__lt=20000, then=Value(Stratum.UNDER_20000.value)),
            When(population__lt=50000, then=Value(Stratum.UNDER_50000.value)),
            When(population__lt=100000, then=Value(Stratum.UNDER_100000.value)),
            When(population__gte=100000, then=Value(Stratum.FROM_100000.value)),
            default=Value(""),
        ),
        output_field=models.CharField(max_length=12, choices=Stratum.choices),
        db_persist=True,
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children",
        help_text="commune and EPCI -> département (or collectivity) -> région",
    )  # fmt: skip
    grouping = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="grouped",
        help_text="commune -> EPCI",
    )
    postcodes = ArrayField(models.CharField(max_length=5), default=list, blank=True)

    class Meta:
        verbose_name_plural = "territories"
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="territory_kind_code_unique")]
        indexes = [
            models.Index(OpClass("name_folded", name="varchar_pattern_ops"), name="territory_name_prefix"),
            GinIndex(fields=["postcodes"], name="territory_postcodes"),
            GinIndex(SearchVector("name_folded", config="simple"), name="territory_words"),
            models.Index(fields=["code"], name="territory_code"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def suggestion(self) -> str:
        """Name and code: what `queries.named_territory` takes back without doubt."""
        return f"{self.name} ({self.code})"


class Edition(models.Model):
    """Which edition of a reference list (territories, competences) this database holds."""

    subject = models.CharField(max_length=30, unique=True)
    digest = models.CharField(max_length=64)
    row_count = models.PositiveIntegerField(default=0)
    loaded_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.subject} {self.digest[:12]}"


class Organisation(models.Model):
    """What a person belongs to."""

    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=20, choices=OrganisationKind.choices, default=OrganisationKind.OTHER)
    territory = models.ForeignKey(
        Territory, null=True, blank=True, on_delete=models.SET_NULL, related_name="organisations"
    )

    def __str__(self) -> str:
        return self.name


class Affiliation(models.Model):
    """A person's hat: whom the person speaks for, as what, and since when. A person may wear several."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="affiliations")
    category = models.ForeignKey(ActorCategory, on_delete=models.PROTECT, related_name="affiliations")
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="affiliations"
    )
    territory = models.ForeignKey(
        Territory, null=True, blank=True, on_delete=models.SET_NULL, related_name="affiliations"
    )
    title = models.CharField(max_length=120, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="affiliation_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title or self.category}"

    def is_current(self, on: date) -> bool:
        return (self.starts_on is None or self.starts_on <= on) and (self.ends_on is None or on <= self.ends_on)


class CircleQuerySet(models.QuerySet["Circle"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(circle_q(user, field="pk"))

    def of_network(self, network: Network, kind: CircleKind) -> Circle:
        return self.get(network=network, kind=kind)

    def public(self) -> Circle:
        return self.get(kind=CircleKind.PUBLIC)


class Circle(models.Model):
    """A set of people that something is open to: the one mechanism of visibility of the platform."""

    kind = models.CharField(max_length=12, choices=CircleKind.choices)
    name = models.CharField(max_length=120, blank=True)
    network = models.ForeignKey("Network", null=True, blank=True, on_delete=models.CASCADE, related_name="circles")
    category = models.ForeignKey(ActorCategory, null=True, blank=True, on_delete=models.PROTECT, related_name="circles")
    delegation = models.ForeignKey(
        "Delegation", null=True, blank=True, on_delete=models.CASCADE, related_name="circles"
    )
    is_confidential = models.BooleanField(default=False)
    member_count = models.PositiveIntegerField(default=0, editable=False)
    members: models.ManyToManyField[User, CircleMember] = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="CircleMember", related_name="circles"
    )

    objects = CircleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind"], condition=Q(kind="public"), name="circle_one_public"),
            models.UniqueConstraint(
                fields=["network", "kind"],
                condition=Q(kind__in=["network", "animators"]),
                name="circle_one_per_network",
            ),
            models.UniqueConstraint(
                fields=["network", "category", "is_confidential"],
                condition=Q(kind="category"),
                name="circle_one_per_category",
            ),
            models.UniqueConstraint(
                fields=["delegation", "is_confidential"],
                condition=Q(kind="delegation"),
                name="circle_one_per_delegation",
            ),
            models.CheckConstraint(
                condition=~Q(kind="public") | Q(network__isnull=True, is_confidential=False),
                name="circle_public_is_open",
            ),
            models.CheckConstraint(condition=Q(kind="public") | Q(network__isnull=False), name="circle_has_network"),
            models.CheckConstraint(
                condition=~Q(kind="category") | Q(category__isnull=False), name="circle_category_named"
            ),
            models.CheckConstraint(
                condition=~Q(kind="delegation") | Q(delegation__isnull=False), name="circle_delegation_named"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def label(self) -> _StrOrPromise:
        """Whom it gathers, for a badge; needs `category` and `delegation` loaded."""
        if self.kind == CircleKind.CATEGORY and self.category:
            return self.category.plural
        if self.kind == CircleKind.DELEGATION and self.delegation:
            return self.delegation.name
        if self.kind in {CircleKind.SESSION, CircleKind.CUSTOM} and self.name:
            return self.name
        return {
            CircleKind.PUBLIC: _("Tout le monde"),
            CircleKind.NETWORK: _("Réseau"),
            CircleKind.ANIMATORS: _("Animation du réseau"),
            CircleKind.SESSION: _("Inscrit·es de la séance"),
        }.get(CircleKind(self.kind), _("Liste choisie"))


class CircleMember(models.Model):
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="circle_memberships")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "circle"], name="circle_member_unique")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.circle_id}"


def circle_q(user: User | AnonymousUser, field: str = "circle") -> Q:
    """The condition "open to this person" on rows that point to a circle by `field` (may span: `topic__circle`).

    Two uncorrelated sub-selects, so that no join multiplies rows: the circles of the person, and the public one.
    """
    public = Q(**{f"{field}__in": Circle.objects.filter(kind=CircleKind.PUBLIC).values("pk")})
    if not user.is_authenticated or not user.is_active:
        return public
    return Q(**{f"{field}__in": CircleMember.objects.filter(user_id=user.pk).values("circle_id")}) | public


class NetworkQuerySet(models.QuerySet["Network"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Public networks, and those whose circle the person is in."""
        if not user.is_authenticated or not user.is_active:
            return self.filter(is_public=True)
        own = CircleMember.objects.filter(user_id=user.pk, circle__kind=CircleKind.NETWORK).values("circle__network_id")
        return self.filter(Q(is_public=True) | Q(pk__in=own))


class Network(models.Model):
    """A community on the platform: its members, animators, spaces, calendar."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(_("nom"), max_length=120)
    tagline = models.CharField(_("en une phrase"), max_length=200, blank=True)
    description = models.TextField(_("présentation"), blank=True)
    is_public = models.BooleanField(_("page visible de tout le monde"), default=True)
    join_policy = models.CharField(max_length=10, choices=JoinPolicy.choices, default=JoinPolicy.CLOSED)
    created_at = models.DateTimeField(default=timezone.now)

    objects = NetworkQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("portal:network-home", args=[self.slug])


class Delegation(models.Model):
    """The people of one territory in a programme network, each in an actor category."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="delegations")
    territory = models.ForeignKey(
        Territory, null=True, blank=True, on_delete=models.SET_NULL, related_name="delegations"
    )
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["network", "name"], name="delegation_name_unique")]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> Self:
        return self.filter(status=MembershipStatus.ACTIVE, user__is_active=True)

    def with_hat(self) -> Self:
        return self.select_related(
            "user",
            "affiliation__category",
            "affiliation__territory",
            "affiliation__organisation",
            "delegation",
        )


class Membership(models.Model):
    """A person in a network, with the hat worn there. Written by `services.memberships` alone."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    affiliation = models.ForeignKey(Affiliation, on_delete=models.RESTRICT, related_name="memberships")
    delegation = models.ForeignKey(
        Delegation, null=True, blank=True, on_delete=models.SET_NULL, related_name="memberships"
    )
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    status = models.CharField(max_length=10, choices=MembershipStatus.choices, default=MembershipStatus.ACTIVE)
    joined_at = models.DateTimeField(default=timezone.now)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "network"], name="membership_unique")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.network_id}"

    @property
    def is_active(self) -> bool:
        return self.status == MembershipStatus.ACTIVE

    @property
    def is_animator(self) -> bool:
        return self.is_active and self.role == Role.ANIMATOR
