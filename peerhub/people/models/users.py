"""Who a person is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peerhub.people.enums import Language
from peerhub.people.folding import Fold

if TYPE_CHECKING:
    from peerhub.people.models.networks import Membership


def name_of(given_name: str, family_name: str) -> str:
    """A person's name as it is shown, for pages that read its two columns alone."""
    return f"{given_name} {family_name}".strip()


def initials_of(given_name: str, family_name: str) -> str:
    """One or two capitals, never empty."""
    return (given_name[:1] + family_name[:1]).upper() or "?"


class UserManager(BaseUserManager["User"]):
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
    shows_presence = models.BooleanField(
        default=True, help_text="others of a discussion's circle see that this person reads or writes it"
    )
    shows_function = models.BooleanField(
        default=True, db_default=True, help_text="others read the title and organisation of the hats beside the name"
    )
    shows_territory = models.BooleanField(
        default=True, db_default=True, help_text="others read the territory of the hats beside the name"
    )
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)

    # Active ones, read together with who is signed in (`queries.signed_in`); None where the person was read alone.
    known_memberships: list[Membership] | None = None

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["given_name", "family_name"]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lower"),
        ]
        indexes = [
            # The beginnings of names, for whoever is looked for while typing.
            models.Index(OpClass(Fold("given_name"), name="text_pattern_ops"), name="user_given_name_folded"),
            models.Index(OpClass(Fold("family_name"), name="text_pattern_ops"), name="user_family_name_folded"),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return name_of(self.given_name, self.family_name)

    @property
    def initials(self) -> str:
        return initials_of(self.given_name, self.family_name)
