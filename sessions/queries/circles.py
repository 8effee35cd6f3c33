"""Circles to choose among, told apart: the days of one programme gather people under one name."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Min, Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from peerhub.people.models import Circle, User
from peerhub.ui.times import day as day_words
from sessions.models import PeerSession, Programme


def name_of(circle: Circle) -> str:
    """As it is chosen; needs `category` and `delegation`."""
    name = capfirst(str(circle.label))
    return _("%(circle)s, en confidence") % {"circle": name} if circle.is_confidential else name


def told_apart(user: User, circles: Iterable[Circle]) -> dict[int, str]:
    """For each circle that is called as another one of these is, what tells it from that one: the day of its first
    session that the person may see, or the programme that it is of; else, or where two meet on one day, how many they
    are. Two queries more, where names collide."""
    namesakes = _namesakes({one.pk: (one, name_of(one)) for one in circles})
    if not namesakes:
        return {}
    sessions = PeerSession.objects.visible_to(user).filter(Q(circle__in=namesakes) | Q(opens_to__in=namesakes))
    days: dict[int, datetime] = {}
    for *found, at in sessions.order_by().values_list("opens_to", "circle").annotate(at=Min("starts_at")):
        for pk in filter(None, found):
            days[pk] = min(at, days.get(pk, at))
    whole = Programme.objects.filter(circle__in=namesakes).values_list("circle", flat=True)
    apart = {pk: _("tout le parcours") for pk in whole}
    apart |= {pk: _day(days[pk]) for pk in namesakes if pk in days and pk not in apart}
    said = {pk: (circle, f"{name_of(circle)} {apart.get(pk, '')}") for pk, circle in namesakes.items()}
    for pk, circle in _namesakes(said).items():
        many = ngettext("%(n)s personne", "%(n)s personnes", circle.member_count) % {"n": circle.member_count}
        apart[pk] = ", ".join(words for words in (apart.get(pk), many) if words)
    return apart


def _namesakes(named: Mapping[int, tuple[Circle, str]]) -> dict[int, Circle]:
    """Those whose name another one has."""
    counts = Counter(name for _circle, name in named.values())
    return {pk: circle for pk, (circle, name) in named.items() if counts[name] > 1}


def _day(at: datetime) -> str:
    return day_words(timezone.localtime(at).date(), weekday=False)
