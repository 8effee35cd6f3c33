"""The tree of competences, from its file."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from mentoring.models import Competence
from mentoring.services.directory import refresh_entries
from peerhub.people.folding import fold_name
from peerhub.people.models import Edition

FILE = Path(__file__).parent.parent / "data" / "competences.json"
SUBJECT = "competences"
Entry = dict[str, Any]


@transaction.atomic
def load_competences(path: Path = FILE, *, force: bool = False) -> int:
    """Make the tree say what the file says; returns how many competences were new or changed.

    A competence is known by its slug. One that left the file is retired: it is offered no more, and what people
    declared stays. The same file again costs one query.
    """
    text = path.read_bytes()
    digest = sha256(text).hexdigest()
    if not force and Edition.objects.filter(subject=SUBJECT, digest=digest).exists():
        return 0
    known = {one.slug: one for one in Competence.objects.select_for_update()}
    seen: set[str] = set()
    written = _write(json.loads(text), None, known, seen)
    written += Competence.objects.filter(is_retired=False).exclude(slug__in=seen).update(is_retired=True)
    Edition.objects.update_or_create(
        subject=SUBJECT, defaults={"digest": digest, "row_count": len(seen), "loaded_at": timezone.now()}
    )
    if written:
        refresh_entries("all")
    return written


def _write(entries: list[Entry], parent: Competence | None, known: dict[str, Competence], seen: set[str]) -> int:
    written = 0
    for position, entry in enumerate(entries):
        seen.add(entry["slug"])
        before = known.get(entry["slug"])
        competence = before or Competence(slug=entry["slug"])
        fields = _fields(entry, parent, position)
        changed = before is None or any(getattr(competence, name) != value for name, value in fields.items())
        if changed:
            for name, value in fields.items():
                setattr(competence, name, value)
            competence.save()
        path = [*(parent.path if parent else []), competence.pk]
        if competence.path != path:
            competence.path = path
            competence.save(update_fields=["path"])
            changed = True
        written += changed
        written += _write(entry.get("children", []), competence, known, seen)
    return written


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
