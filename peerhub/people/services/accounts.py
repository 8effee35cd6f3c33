"""Creating and changing accounts."""

from zoneinfo import available_timezones

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from peerhub.people.enums import Language
from peerhub.people.errors import DomainError
from peerhub.people.models import User


def create_user(
    *,
    email: str,
    given_name: str,
    family_name: str,
    language: str = Language.FRENCH,
    time_zone: str = "Europe/Paris",
    password: str | None = None,
) -> User:
    """A new active account; without a password, sign-in is by e-mailed code.

    Raises `DomainError` when the address has an account already.
    """
    user = User(
        email=email.strip().lower(),
        given_name=given_name.strip(),
        family_name=family_name.strip(),
        language=language,
        time_zone=_zone(time_zone),
    )
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise DomainError(_("Cette adresse a déjà un compte.")) from error
    return user


def change_locale(*, user: User, language: str, time_zone: str) -> None:
    """Set the language of the pages and mails, and the IANA zone in which times are shown."""
    user.language = Language(language)
    user.time_zone = _zone(time_zone)
    user.save(update_fields=["language", "time_zone"])


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise DomainError(_("Ce fuseau horaire n’existe pas."))
    return name
