"""Creating and changing accounts."""

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from peerhub.live.publish import recheck_on_commit
from peerhub.outbox.services import emit
from peerhub.people.enums import Language
from peerhub.people.errors import DomainError
from peerhub.people.events import ProfileChanged
from peerhub.people.models import User
from peerhub.people.time_zones import known_zones


def create_user(
    *,
    email: str,
    given_name: str,
    family_name: str,
    language: str = Language.FRENCH,
    time_zone: str = "Europe/Paris",
    password: str | None = None,
) -> User:
    """A new active account; without a password, sign-in is by e-mailed code. Whoever calls vouches for the address:
    sign-up by the person, which proves it by a code, goes through allauth.

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
            EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    except IntegrityError as error:
        raise DomainError(_("Cette adresse a déjà un compte.")) from error
    return user


def change_locale(*, user: User, language: str, time_zone: str) -> None:
    """Set the language of the pages and mails, and the IANA zone in which times are shown."""
    user.language = Language(language)
    user.time_zone = _zone(time_zone)
    user.save(update_fields=["language", "time_zone"])


def change_language(*, user: User, language: str) -> None:
    """Set the language of the pages and mails alone (the switch in the footer)."""
    user.language = Language(language)
    user.save(update_fields=["language"])


def show_presence(*, user: User, shows: bool) -> None:
    """Whether others are told what this person reads and writes; the pages that are open follow at once."""
    with transaction.atomic():
        user.shows_presence = shows
        user.save(update_fields=["shows_presence"])
        recheck_on_commit(user.pk)


@transaction.atomic
def show_hats(*, user: User, function: bool, territory: bool) -> None:
    """Whether others read the title and the organisation, and the territory, of one's hats beside one's name. Its
    category always stands there."""
    user.shows_function, user.shows_territory = function, territory
    user.save(update_fields=["shows_function", "shows_territory"])
    emit(ProfileChanged(user_id=user.pk))


def set_staff(*, user: User, is_staff: bool) -> None:
    """Let a person into the administrator's pages, or out of them; no circle opens with it."""
    user.is_staff = is_staff
    user.save(update_fields=["is_staff"])


@transaction.atomic
def rename_user(*, user: User, given_name: str, family_name: str) -> None:
    """Change the name that others see."""
    user.given_name = given_name.strip()
    user.family_name = family_name.strip()
    user.save(update_fields=["given_name", "family_name"])
    emit(ProfileChanged(user_id=user.pk))


def _zone(name: str) -> str:
    if name not in known_zones():
        raise DomainError(_("Ce fuseau horaire n’existe pas."))
    return name
