"""Seals: the canonical form of conclusions, its SHA-256, and the chain that holds the seals together.

The canonical form of sealed conclusions is the UTF-8 of a JSON object without spaces, its keys sorted: `body` (the
Markdown, composed as NFC, lines ended by LF, as it is stored), `salt` (64 hexadecimal digits, drawn at the sealing),
`session` (the uid of the session) and `version`. Its SHA-256 is `content_hash`. A link is the same kind of JSON of
`content_hash`, `previous_hash` (the `chain_hash` of the link before; empty for the first) and `sealed_at` (UTC, to the
microsecond); its SHA-256 is `chain_hash`. The number of a link is not in it: it would tell how many others there are.

Nothing is normalised when a seal is verified: whatever differs by a byte is another text.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from django.db import connection, transaction

from sessions.enums import ConclusionState
from sessions.models import Conclusion, Seal

# Any number that nothing else locks: the chain has one end, and one hand at it.
_CHAIN_LOCK = 0x5EA1
CLOSED = (ConclusionState.SEALED, ConclusionState.REVEALED)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _canonical_json(fields: dict[str, str | int]) -> bytes:
    return json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def canonical(*, session_uid: str, version: int, body: str, salt: str) -> bytes:
    """The bytes whose SHA-256 is sealed; also the file that one verifies at home."""
    return _canonical_json({"session": session_uid, "version": version, "body": body, "salt": salt})


def canonical_of(conclusion: Conclusion) -> bytes:
    """Of sealed conclusions, read with their session and seal."""
    return canonical(
        session_uid=str(conclusion.session.uid),
        version=conclusion.version,
        body=conclusion.body,
        salt=conclusion.seal.salt,
    )


def stamp_of(sealed_at: datetime) -> str:
    return sealed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def link_hash(*, previous_hash: str, content_hash: str, sealed_at: datetime) -> str:
    stamp = stamp_of(sealed_at)
    return _digest(_canonical_json({"previous_hash": previous_hash, "content_hash": content_hash, "sealed_at": stamp}))


class What(StrEnum):
    """What is wrong with a seal."""

    ORDER = "order"  # a link is missing, or stands elsewhere
    PREVIOUS = "previous"  # it does not hold on to the one before
    LINK = "link"  # its own facts are not those that were sealed
    CONTENT = "content"  # the text is not the one that was sealed
    STATE = "state"  # its conclusions do not say that they are sealed, or not when
    UNSEALED = "unsealed"  # conclusions say that they are sealed, and no seal holds them


@dataclass(frozen=True)
class Flaw:
    """`number` is the link's; 0 for conclusions without one."""

    number: int
    conclusion_id: int
    what: What


@dataclass(frozen=True)
class Link:
    """A seal, and what it seals, as they stand in the database."""

    number: int
    conclusion_id: int
    previous_hash: str
    content_hash: str
    chain_hash: str
    salt: str
    sealed_at: datetime
    session_uid: str
    version: int
    body: str
    says_sealed_at: datetime | None
    state: str


def flaws_of_content(link: Link) -> Iterator[What]:
    """What a seal says of its conclusions, without a look at its neighbours."""
    written = canonical(session_uid=link.session_uid, version=link.version, body=link.body, salt=link.salt)
    if _digest(written) != link.content_hash:
        yield What.CONTENT
    if link.says_sealed_at != link.sealed_at or link.state not in CLOSED:
        yield What.STATE
    if link.chain_hash != link_hash(
        previous_hash=link.previous_hash, content_hash=link.content_hash, sealed_at=link.sealed_at
    ):
        yield What.LINK


def flaws_of_links(links: Iterable[Link]) -> Iterator[Flaw]:
    """All that is wrong in a chain, given from its first link to its last."""
    expected, previous = 1, ""
    for link in links:
        if link.number != expected:
            yield Flaw(link.number, link.conclusion_id, What.ORDER)
        if link.previous_hash != previous:
            yield Flaw(link.number, link.conclusion_id, What.PREVIOUS)
        for what in flaws_of_content(link):
            yield Flaw(link.number, link.conclusion_id, what)
        expected, previous = link.number + 1, link.chain_hash


def append_seal(*, conclusion: Conclusion, sealed_at: datetime) -> Seal:
    """Put conclusions (read with their session) at the end of the chain, in the caller's transaction: whoever seals at
    the same time waits for it."""
    if not connection.in_atomic_block:
        raise RuntimeError("A seal is put in the transaction that closes the conclusions.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
    last = Seal.objects.order_by("-number").first()
    salt = secrets.token_hex(32)
    content_hash = _digest(
        canonical(session_uid=str(conclusion.session.uid), version=conclusion.version, body=conclusion.body, salt=salt)
    )
    previous_hash = last.chain_hash if last else ""
    return Seal.objects.create(
        number=last.number + 1 if last else 1,
        conclusion=conclusion,
        content_hash=content_hash,
        previous_hash=previous_hash,
        chain_hash=link_hash(previous_hash=previous_hash, content_hash=content_hash, sealed_at=sealed_at),
        salt=salt,
        sealed_at=sealed_at,
    )


def link_of(seal: Seal) -> Link:
    """Needs the conclusion and its session."""
    conclusion = seal.conclusion
    return Link(
        number=seal.number,
        conclusion_id=conclusion.pk,
        previous_hash=seal.previous_hash,
        content_hash=seal.content_hash,
        chain_hash=seal.chain_hash,
        salt=seal.salt,
        sealed_at=seal.sealed_at,
        session_uid=str(conclusion.session.uid),
        version=conclusion.version,
        body=conclusion.body,
        says_sealed_at=conclusion.sealed_at,
        state=conclusion.state,
    )


@transaction.atomic
def verify_chain() -> list[Flaw]:
    """Every seal from the first to the last, with its text: empty when not a comma moved.

    What this cannot see: the end of the chain cut off together with its conclusions. Who keeps the print of an
    envelope notices.
    """
    seals = Seal.objects.select_related("conclusion__session").order_by("number")
    seals = seals.only(
        *("number", "content_hash", "previous_hash", "chain_hash", "salt", "sealed_at", "conclusion__body"),
        *("conclusion__version", "conclusion__sealed_at", "conclusion__state", "conclusion__session__uid"),
    )
    flaws = list(flaws_of_links(link_of(seal) for seal in seals.iterator(chunk_size=200)))
    unsealed = Conclusion.objects.filter(state__in=CLOSED, seal__isnull=True).order_by("pk")
    return flaws + [Flaw(0, pk, What.UNSEALED) for pk in unsealed.values_list("pk", flat=True)]
