"""How much of a directory one person may read: enough to look for somebody, too little to copy everybody."""

from peerhub.people.limits import within_limit
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


def may_search(user: User, page: int) -> bool:
    """Whether the person may read this page of an answer; counts it."""
    if not within_limit("directory", user.pk, times=SEARCHES_PER_MINUTE, seconds=60):
        return False
    return page < 2 or within_limit("directory-page", user.pk, times=LATER_PAGES_PER_DAY, seconds=_DAY)


def may_open_profile(user: User) -> bool:
    return within_limit("profile", user.pk, times=PROFILES_PER_HOUR, seconds=3600)


def may_complete(user: User) -> bool:
    return within_limit("directory-words", user.pk, times=COMPLETIONS_PER_MINUTE, seconds=60)


def may_export(user: User) -> bool:
    return within_limit("directory-export", user.pk, times=EXPORTS_PER_DAY, seconds=_DAY)


def may_ask(user: User, peer_id: int) -> bool:
    """Whether the person may ask one more question, to this peer first; counts it."""
    of_one = within_limit(f"ask-{peer_id}", user.pk, times=ASKS_OF_ONE_PER_MONTH, seconds=30 * _DAY)
    return of_one and within_limit("ask", user.pk, times=ASKS_PER_DAY, seconds=_DAY)


def may_invite(user: User) -> bool:
    return within_limit("mentorship-invite", user.pk, times=INVITATIONS_PER_DAY, seconds=_DAY)
