"""How much of a directory one person may read: enough to look for somebody, too little to copy everybody."""

from django.utils.translation import gettext as _

from peerhub.people.errors import TooOften
from peerhub.people.limits import again, is_reached, within_limit
from peerhub.people.models import User

SEARCHES_PER_MINUTE = 60
# Who looks for somebody says more of whom; who turns pages all day copies a list.
LATER_PAGES_PER_DAY = 150
PROFILES_PER_HOUR = 120
COMPLETIONS_PER_MINUTE = 90
EXPORTS_PER_DAY = 10
# Each is told to somebody, who is asked for an answer.
ASKS_PER_DAY = 20
INVITATIONS_PER_DAY = 40
# Whoever said no, or nothing, is not asked again and again, one need after the other.
ASKS_OF_ONE_PER_MONTH = 3
_DAY = 86_400
WORDS = "directory-words"


def may_search(user: User, page: int) -> bool:
    """Whether the person may read this page of an answer; counts it."""
    if not within_limit("directory", user.pk, times=SEARCHES_PER_MINUTE, seconds=60):
        return False
    return page < 2 or within_limit("directory-page", user.pk, times=LATER_PAGES_PER_DAY, seconds=_DAY)


def may_open_profile(user: User) -> bool:
    return within_limit("profile", user.pk, times=PROFILES_PER_HOUR, seconds=3600)


def may_complete(user: User) -> bool:
    return within_limit(WORDS, user.pk, times=COMPLETIONS_PER_MINUTE, seconds=60)


def may_export(user: User) -> bool:
    return within_limit("directory-export", user.pk, times=EXPORTS_PER_DAY, seconds=_DAY)


def why_not_ask(user: User, peer_id: int) -> str:
    """Why the person asks this peer nothing more for now, and until when; nothing: they may. Counts nothing."""
    if has_asked_often(user, peer_id):
        said = _("Vous avez déjà sollicité cette personne plusieurs fois : vous pourrez de nouveau %(when)s.")
        return said % {"when": again(_of_one(peer_id), user.pk)}
    if is_reached("ask", user.pk, times=ASKS_PER_DAY):
        said = _("Vous avez envoyé beaucoup de demandes aujourd’hui : vous pourrez de nouveau %(when)s.")
        return said % {"when": again("ask", user.pk)}
    return ""


def has_asked_often(user: User, peer_id: int) -> bool:
    """Whether the person asks this peer nothing more for now. Counts nothing."""
    return is_reached(_of_one(peer_id), user.pk, times=ASKS_OF_ONE_PER_MONTH)


def count_ask(user: User, *peer_ids: int) -> None:
    """One more question, to the first of these peers; the others come next. Raises `TooOften`: what was written waits
    in its form."""
    for refusal in filter(None, (why_not_ask(user, pk) for pk in peer_ids)):
        raise TooOften(_("%(why)s Votre question est gardée ici.") % {"why": refusal})
    for pk in peer_ids:
        within_limit(_of_one(pk), user.pk, times=ASKS_OF_ONE_PER_MONTH, seconds=30 * _DAY)
    within_limit("ask", user.pk, times=ASKS_PER_DAY, seconds=_DAY)


def count_invitation(user: User) -> None:
    """Raises `TooOften`."""
    if not within_limit("mentorship-invite", user.pk, times=INVITATIONS_PER_DAY, seconds=_DAY):
        said = _("Vous avez envoyé beaucoup d’invitations aujourd’hui : vous pourrez de nouveau %(when)s.")
        raise TooOften(said % {"when": again("mentorship-invite", user.pk)})


def count_words(user: User) -> None:
    """One more search of a name, in a form that somebody fills. Raises `TooOften`."""
    if not may_complete(user):
        raise TooOften(_("Vous cherchez très vite : réessayez %(when)s.") % {"when": again(WORDS, user.pk)})


def _of_one(peer_id: int) -> str:
    return f"ask-{peer_id}"
