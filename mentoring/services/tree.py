"""The tree of competences, from its file."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from mentoring.models import Competence, CompetenceBridge
from mentoring.services.directory import refresh_entries
from peerhub.people.folding import fold_name
from peerhub.people.models import Edition

FILE = Path(__file__).parent.parent / "data" / "competences.json"
SUBJECT = "competences"
Entry = dict[str, Any]
Family = tuple[Competence | None, list[Entry]]


@transaction.atomic
def load_competences(path: Path = FILE, *, force: bool = False) -> int:
    """Make the tree say what the file says; returns how many competences were new or changed.

    A competence is known by its slug. One that left the file is retired: it is offered no more, and what people
    declared stays. What was made, moved, renamed, merged or retired here (`services.curating`) stays as it is. The same
    file again costs one query.
    """
    text = path.read_bytes()
    digest = sha256(text).hexdigest()
    if not force and Edition.objects.filter(subject=SUBJECT, digest=digest).exists():
        return 0
    known = {one.slug: one for one in Competence.objects.select_for_update()}
    seen: set[str] = set()
    written = _write([(None, json.loads(text))], known, seen)
    written += (
        Competence.objects.filter(is_retired=False, is_local=False).exclude(slug__in=seen).update(is_retired=True)
    )
    _bridge(json.loads(text))
    Edition.objects.update_or_create(
        subject=SUBJECT, defaults={"digest": digest, "row_count": len(seen), "loaded_at": timezone.now()}
    )
    if written:
        refresh_entries("all")
    return written


def _write(families: list[Family], known: dict[str, Competence], seen: set[str]) -> int:
    """One level of the tree, all families of it at once, then the level below."""
    level: list[tuple[Competence, Entry]] = []
    changed: list[Competence] = []
    for parent, entries in families:
        for position, entry in enumerate(entries):
            one = known.get(entry["slug"]) or Competence(slug=entry["slug"])
            fields = {} if one.is_local else _fields(entry, parent, position)
            if one.pk is None or any(getattr(one, name) != value for name, value in fields.items()):
                changed.append(one)
            for name, value in fields.items():
                setattr(one, name, value)
            level.append((one, entry))
            seen.add(one.slug)
    if not level:
        return 0
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
    return len({*changed, *moved}) + _write(below, known, seen)


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
