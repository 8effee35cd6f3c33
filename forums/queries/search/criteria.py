"""Filters, from what was typed to keys: each name is looked up among what the person may know of.

A value that names nothing is said in a sentence and left out: the rest of the search still answers. A person's name
is the exception: whether somebody has an account here is not to be found out by asking, so it merely finds nothing.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db.models import Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forums.enums import TopicKind
from forums.models import Forum, Tag, TagSynonym
from forums.queries.search.grammar import Asked
from peerhub.people.folding import Fold, fold, fold_name
from peerhub.people.models import ActorCategory, Network, User
from peerhub.people.queries import (
    AmbiguousTerritory,
    UnknownTerritory,
    categories,
    named_territory,
    territory_of_address,
)

AUTHORS = 50
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_FRENCH_DATE = re.compile(r"(?:(\d{1,2})/)?(\d{1,2})/(\d{4})")

UNANSWERED, OPEN, SOLVED = "sans-reponse", "a-resoudre", "resolu"
STATUSES = {
    UNANSWERED: gettext_lazy("sans réponse"),
    OPEN: gettext_lazy("à résoudre"),
    SOLVED: gettext_lazy("résolu"),
}
_STATUS_WORDS = {"unanswered": UNANSWERED, "open": OPEN, "ouvert": OPEN, "solved": SOLVED, "resolved": SOLVED}
_STATUS_WORDS |= {"resolue": SOLVED, "answered": SOLVED, "sans-solution": OPEN}
_KIND_WORDS = {
    "retour": TopicKind.REPORT,
    "retour-d-experience": TopicKind.REPORT,
    "experience": TopicKind.REPORT,
    "rex": TopicKind.REPORT,
    "annonce": TopicKind.ANNOUNCEMENT,
}
BY_RELEVANCE, BY_DATE = "", "recent"


@dataclass
class Criteria:
    """What the filters mean. None: not asked for; an empty set of keys finds nothing."""

    network: Network | None = None
    forums: list[int] | None = None
    kind: str = ""
    authors: list[int] | None = None
    category: int | None = None
    territory: int | None = None
    tags: list[int] | None = None
    status: str = ""
    after: datetime | None = None
    before: datetime | None = None
    by_date: bool = False
    labels: dict[str, str] = field(default_factory=dict)  # field of Asked -> the value, as a person reads it
    problems: dict[str, str] = field(default_factory=dict)  # field of Asked -> a sentence

    @property
    def is_about_posts(self) -> bool:
        """Whether a filter looks at each post, beyond its topic."""
        return bool(self.authors is not None or self.category or self.territory or self.after or self.before)

    @property
    def is_filtering(self) -> bool:
        return bool(self.labels)


Reader = Callable[[Criteria, User | AnonymousUser, str], None]


def criteria_of(user: User | AnonymousUser, network: Network | None, asked: Asked) -> Criteria:
    """Look the filters up: one query for each that names a row."""
    criteria = Criteria(network=network, by_date=fold(asked.sort) in {"recent", "date", "recents", "newest"})
    for name, value in asked.filters.items():
        _READERS[name](criteria, user, value)
    return criteria


def _theme(criteria: Criteria, user: User | AnonymousUser, value: str) -> None:
    forums = Forum.objects.themed().visible_to(user)
    if criteria.network:
        forums = forums.filter(network=criteria.network)
    _named(criteria, "theme", value, forums.values_list("pk", "slug", "title"))
    if "theme" not in criteria.labels:
        criteria.problems["theme"] = _("Aucun thème qui vous soit ouvert ne s’appelle « %(name)s ».") % {"name": value}


def _tag(criteria: Criteria, user: User | AnonymousUser, value: str) -> None:
    networks = [criteria.network] if criteria.network else list(Network.objects.visible_to(user).only("pk"))
    found = Tag.objects.filter(network__in=networks)
    synonyms = TagSynonym.objects.filter(network__in=networks)
    rows = found.order_by().values_list("pk", "slug", "name")
    rows = rows.union(synonyms.order_by().values_list("tag_id", "slug", "name"), all=True)
    _named(criteria, "tag", value.removeprefix("#"), rows)
    if "tag" not in criteria.labels:
        criteria.problems["tag"] = _("Aucun mot-clé ne s’appelle « %(name)s ».") % {"name": value}


def _named(criteria: Criteria, name: str, value: str, rows: Iterable[tuple[int, str, str]]) -> None:
    """Of rows (key, slug, title), those that are called so; else those that begin so."""
    wanted = fold_name(value)
    named = [(pk, title, {fold_name(slug), fold_name(title)}) for pk, slug, title in rows]
    found = [(pk, title) for pk, title, names in named if wanted in names]
    if not found and wanted:
        found = [(pk, title) for pk, title, names in named if any(one.startswith(wanted) for one in names)]
    if found:
        setattr(criteria, {"theme": "forums", "tag": "tags"}[name], [pk for pk, _title in found])
        titles = {title for _pk, title in found}
        criteria.labels[name] = titles.pop() if len(titles) == 1 else value


def _kind(criteria: Criteria, _user: User | AnonymousUser, value: str) -> None:
    words = fold_name(value)
    known = {str(kind): kind for kind in TopicKind} | {fold_name(str(kind.label)): kind for kind in TopicKind}
    known |= {word.replace("-", " "): kind for word, kind in _KIND_WORDS.items()}
    kind = known.get(words) or known.get(words.removesuffix("s"))
    if kind is None:
        choices = ", ".join(str(one.label).lower() for one in TopicKind)
        criteria.problems["kind"] = _("La nature « %(name)s » n’existe pas ; il y a : %(choices)s.") % {
            "name": value,
            "choices": choices,
        }
        return
    criteria.kind, criteria.labels["kind"] = kind, str(kind.label)


def _author(criteria: Criteria, user: User | AnonymousUser, value: str) -> None:
    if user.is_authenticated and fold(value) in {"moi", "me"}:
        criteria.authors, criteria.labels["author"] = [user.pk], _("moi")
        return
    people = User.objects.alias(folded=Fold(Concat("given_name", Value(" "), "family_name")))
    for word in fold(value).split():
        people = people.filter(folded__contains=word)
    criteria.authors = list(people.order_by("pk").values_list("pk", flat=True)[:AUTHORS])
    criteria.labels["author"] = value


def _category(criteria: Criteria, _user: User | AnonymousUser, value: str) -> None:
    wanted = fold_name(value).removesuffix("s")
    found = list(categories())
    category = next((one for one in found if _answers(one, wanted)), None)
    if category is None:
        choices = ", ".join(one.plural for one in found)
        criteria.problems["category"] = _("La catégorie « %(name)s » n’existe pas ; il y a : %(choices)s.") % {
            "name": value,
            "choices": choices,
        }
        return
    criteria.category, criteria.labels["category"] = category.pk, capfirst(category.plural)


def _answers(category: ActorCategory, wanted: str) -> bool:
    """« élu », « élue », « élu·e·s », "elected": a name, or a beginning of three letters of one."""
    labels = (category.label_fr, category.label_en, category.plural_fr, category.plural_en)
    names = {fold_name(category.slug), *(fold_name(label).replace(" ", "") for label in labels)}
    names |= {fold_name(label) for label in labels}
    short = wanted.removesuffix("e")
    return wanted in names or (len(short) >= 3 and any(name.startswith(short) for name in names))


def _territory(criteria: Criteria, _user: User | AnonymousUser, value: str) -> None:
    try:
        territory = territory_of_address(value) or named_territory(value)
    except UnknownTerritory:
        criteria.problems["territory"] = _("Aucun territoire ne s’appelle « %(name)s ».") % {"name": value}
        return
    except AmbiguousTerritory as several:
        criteria.problems["territory"] = _("« %(name)s » peut être : %(choices)s. Précisez lequel.") % {
            "name": value,
            "choices": ", ".join(one.suggestion for one in several.candidates[:5]),
        }
        return
    criteria.territory, criteria.labels["territory"] = territory.pk, territory.name


def _status(criteria: Criteria, _user: User | AnonymousUser, value: str) -> None:
    word = fold_name(value).replace(" ", "-")
    status = word if word in STATUSES else _STATUS_WORDS.get(word)
    if status is None:
        criteria.problems["status"] = _("Le statut « %(name)s » n’existe pas ; il y a : %(choices)s.") % {
            "name": value,
            "choices": ", ".join(map(str, STATUSES.values())),
        }
        return
    criteria.status, criteria.labels["status"] = status, str(STATUSES[status])


def _after(criteria: Criteria, _user: User | AnonymousUser, value: str) -> None:
    first = _period(criteria, "after", value)
    if first:
        criteria.after = first
        criteria.labels["after"] = date_format(first, "DATE_FORMAT")


def _before(criteria: Criteria, _user: User | AnonymousUser, value: str) -> None:
    first = _period(criteria, "before", value)
    if first:
        criteria.before = first
        criteria.labels["before"] = date_format(first, "DATE_FORMAT")


def _period(criteria: Criteria, name: str, value: str) -> datetime | None:
    """The first moment of a year, a month or a day, in the person's zone."""
    day = _day(value)
    if day is None:
        criteria.problems[name] = _("« %(name)s » n’est pas une date : écrivez 2025, 2025-01 ou 2025-01-31.") % {
            "name": value
        }
        return None
    return timezone.make_aware(datetime.combine(day, time.min))


def _day(value: str) -> date | None:
    if match := _DATE.fullmatch(value):
        parts = [match[1], match[2] or "1", match[3] or "1"]
    elif match := _FRENCH_DATE.fullmatch(value):
        parts = [match[3], match[2], match[1] or "1"]
    else:
        return None
    try:
        day = date(*(int(part) for part in parts))
    except ValueError:
        return None
    # Out of what zones can be applied to.
    return day if date.min + timedelta(days=366) < day < date.max - timedelta(days=366) else None


_READERS: dict[str, Reader] = {
    "theme": _theme,
    "kind": _kind,
    "author": _author,
    "category": _category,
    "territory": _territory,
    "tag": _tag,
    "status": _status,
    "after": _after,
    "before": _before,
}
