"""The places of whoever accompanies others: taken under one lock, so that capacity 1 is never 2."""

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mentoring.models import MentoringProfile
from mentoring.queries.load import Load, load_of
from peerhub.people.errors import DomainError

NO_ROOM = _("Toutes les places sont prises : terminez un accompagnement, ou ouvrez-en une de plus.")


def hold_places(user_id: int) -> Load:
    """Hold this person's places until the end of the transaction, and say what is left: at least one. Whoever writes
    one more mentorship of theirs calls this first. Raises `DomainError` when there is no room."""
    if not connection.in_atomic_block:
        raise RuntimeError("Places are held inside a transaction.")
    MentoringProfile.objects.get_or_create(user_id=user_id)
    MentoringProfile.objects.select_for_update(no_key=True).get(user_id=user_id)
    load = load_of(user_id, timezone.localdate())
    if not load.room:
        raise DomainError(NO_ROOM)
    return load
