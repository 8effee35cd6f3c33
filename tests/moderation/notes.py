"""A thing to moderate, for tests: a note in a circle, kept in memory, seen by the platform's own rule of circles."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from django.utils import timezone
from django.utils.html import format_html

from peerhub.moderation import targets
from peerhub.moderation.enums import Decision
from peerhub.moderation.targets import Shown, Standing, Target
from peerhub.people.errors import DomainError
from peerhub.people.models import Circle, Network, User

KEY = "tests.note"
_numbers = count(1)


@dataclass
class Note:
    pk: int
    network_id: int
    circle_id: int
    author_id: int | None
    text: str
    written_at: datetime
    standing: Standing = Standing.LIVE
    is_stubborn: bool = False


NOTES: dict[int, Note] = {}
# What was asked of the product, in order.
ACTS: list[tuple[str, int, dict[str, Any]]] = []


def make_note(circle: Circle, author: User | None, text: str = "Une note.", *, network: Network | None = None) -> Note:
    note = Note(
        pk=next(_numbers),
        network_id=network.pk if network else circle.network_id or 0,
        circle_id=circle.pk,
        author_id=author.pk if author else None,
        text=text,
        written_at=timezone.now(),
    )
    NOTES[note.pk] = note
    return note


def load(viewer: User, ids: Collection[int]) -> Mapping[int, Shown]:
    wanted = [NOTES[pk] for pk in ids if pk in NOTES]
    opened = set(
        Circle.objects.visible_to(viewer)
        .filter(pk__in={note.circle_id for note in wanted})
        .values_list("pk", flat=True)
    )
    return {
        note.pk: Shown(
            pk=note.pk,
            network_id=note.network_id,
            circle_id=note.circle_id,
            author_id=note.author_id,
            title=f"Note {note.pk}" if note.circle_id in opened else "",
            html=format_html("<p>{}</p>", note.text),
            url=f"/?note={note.pk}" if note.circle_id in opened else "",
            written_at=note.written_at,
            standing=note.standing,
        )
        for note in wanted
        if note.circle_id in opened or note.author_id == viewer.pk
    }


def _verb(name: str, standing: Standing) -> targets.Verb:
    def act(*, actor: User, pk: int, reason: str, **facts: Any) -> None:
        if NOTES[pk].is_stubborn:
            raise DomainError("La note ne se laisse pas faire.")
        NOTES[pk].standing = standing
        ACTS.append((name, pk, {"actor": actor, "reason": reason, **facts}))

    return act


if targets.find(KEY) is None:
    targets.register(
        Target(
            key=KEY,
            label="billet",
            load=load,
            verbs={
                Decision.HIDE: _verb("hide", Standing.HIDDEN),
                Decision.REMOVE: _verb("remove", Standing.REMOVED),
                Decision.PUBLISH: _verb("publish", Standing.LIVE),
                Decision.REFUSE: _verb("refuse", Standing.REMOVED),
            },
            restore=_verb("restore", Standing.LIVE),
            verb_urls={Decision.EDIT: lambda pk: f"/?corriger={pk}"},
        )
    )
