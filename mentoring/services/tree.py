"""The tree of competences, from its file."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from mentoring.enums import TreeAct
from mentoring.models import Competence, CompetenceBridge
from mentoring.services.directory import refresh_entries
from mentoring.services.tree_trail import note
from peerhub.people.folding import fold_name
from peerhub.people.models import Edition

FILE = Path(__file__).parent.parent / "data" / "competences.json"
SUBJECT = "competences"
Entry = dict[str, Any]
Family = tuple[Competence | None, list[Entry]]


@dataclass
class _Told:
    """What an edition brought, by id."""

    added: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    retired: list[int] = field(default_factory=list)

    @property
    def number(self) -> int:
        return len(self.added) + len(self.changed) + len(self.retired)


@transaction.atomic
def load_competences(path: Path = FILE, *, force: bool = False) -> int:
    """Make the tree say what the file says; returns how many competences were new or changed.

    A competence is known by its slug. One that left the file is retired: it is offered no more, and what people
    declared stays. What was made, moved, renamed, merged or retired here (`services.curating`) stays as it is, and so
    does the family that holds it. The same file again costs one query.
    """
    text = path.read_bytes()
    digest = sha256(text).hexdigest()
    if not force and Edition.objects.filter(subject=SUBJECT, digest=digest).exists():
        return 0
    told = _Told()
    known = {one.slug: one for one in Competence.objects.select_for_update()}
    seen: set[str] = set()
    _write([(None, json.loads(text))], known, seen, told)
    told.retired = _retire_but(seen)
    _bridge(json.loads(text))
    Edition.objects.update_or_create(
        subject=SUBJECT, defaults={"digest": digest, "row_count": len(seen), "loaded_at": timezone.now()}
    )
    if told.number:
        note(TreeAct.LOADED, None, None, **asdict(told))
        refresh_entries("all")
    return told.number


def _retire_but(seen: set[str]) -> list[int]:
    """What left the file; but no family that holds something of ours."""
    ours = Competence.objects.filter(is_local=True, is_retired=False, parent__isnull=False)
    gone = Competence.objects.filter(is_retired=False, is_local=False).exclude(slug__in=seen)
    pks = list(gone.exclude(pk__in=ours.values("parent")).order_by("pk").values_list("pk", flat=True))
    Competence.objects.filter(pk__in=pks).update(is_retired=True)
    return pks


def _write(families: list[Family], known: dict[str, Competence], seen: set[str], told: _Told) -> None:
    """One level of the tree, all families of it at once, then the level below. What somebody here added under the same
    name is that entry."""
    ours = {fold_name(one.name_fr): one for one in known.values() if one.is_local and not one.is_retired}
    level: list[tuple[Competence, Entry]] = []
    changed: list[Competence] = []
    for parent, entries in families:
        for position, entry in zip(_positions(parent, entries, known), entries, strict=False):
            one = known.get(entry["slug"]) or ours.get(fold_name(entry["fr"])) or Competence(slug=entry["slug"])
            fields = {} if one.is_local else _fields(entry, parent, position)
            if one.pk is None or any(getattr(one, name) != value for name, value in fields.items()):
                changed.append(one)
            for name, value in fields.items():
                setattr(one, name, value)
            level.append((one, entry))
            seen.add(one.slug)
    if not level:
        return
    fresh = [one for one in changed if one.pk is None]
    for one in changed:
        if one.pk is not None:
            one.save()
    Competence.objects.bulk_create(fresh)
    moved = [one for one, _entry in level if one.path != _path(one)]
    for one in moved:
        one.path = _path(one)
    Competence.objects.bulk_update(moved, ["path"])
    below: list[Family] = [
        (one, entry["children"]) for one, entry in level if entry.get("children") and not one.is_retired
    ]
    added = {one.pk for one in fresh}
    told.added += sorted(added)
    told.changed += sorted({one.pk for one in (*changed, *moved)} - added)
    _write(below, known, seen, told)


def _positions(parent: Competence | None, entries: list[Entry], known: dict[str, Competence]) -> Iterator[int]:
    """In the order of the file. A family's is its bit in the directory: none takes that of one that the file does not
    say (retired, or kept here), whose people would be counted and found with its own."""
    said = {entry["slug"] for entry in entries}
    kept = {one.position for one in known.values() if one.parent_id is None and (one.is_local or one.slug not in said)}
    return (number for number in count() if parent or number not in kept)


def _bridge(entries: list[Entry]) -> None:
    """What the file says helps with what: added where nobody here took the competence in hand, never changed."""
    wanted = {
        entry["slug"]: entry["answered_by"] for root in entries for entry in _leaves(root) if "answered_by" in entry
    }
    known = {one.slug: one for one in Competence.objects.filter(is_retired=False)}
    CompetenceBridge.objects.bulk_create(
        [
            CompetenceBridge(needed=known[needed], offered=known[offered], weight=weight)
            for needed, answers in wanted.items()
            for offered, weight in answers.items()
            if needed in known and offered in known and not known[needed].is_local
        ],
        ignore_conflicts=True,
    )


def _leaves(entry: Entry) -> list[Entry]:
    return [leaf for child in entry.get("children", []) for leaf in _leaves(child)] or [entry]


def _path(one: Competence) -> list[int]:
    return [*(one.parent.path if one.parent else []), one.pk]


def _fields(entry: Entry, parent: Competence | None, position: int) -> Entry:
    names = [entry["fr"], entry["en"], *entry.get("synonyms_fr", []), *entry.get("synonyms_en", [])]
    return {
        "parent": parent,
        "name_fr": entry["fr"],
        "name_en": entry["en"],
        "synonyms_fr": entry.get("synonyms_fr", []),
        "synonyms_en": entry.get("synonyms_en", []),
        "position": position,
        "words": "\n".join(dict.fromkeys(fold_name(name) for name in names)),
        "is_retired": False,
    }
