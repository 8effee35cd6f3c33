"""Evidence, as the page of a person shows it: by competence, each with what opens it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from mentoring.enums import EvidenceKind
from mentoring.models import Competence, DeclaredCompetence, Evidence
from mentoring.queries.evidence import evidence_of, own_evidence
from peerhub.people.models import User

# Of one competence, before « more ».
FIRST = 3


@dataclass(frozen=True)
class Trace:
    """One thing that a person did. Of what is not open to whoever looks, nothing of its source is said."""

    pk: int
    kind: EvidenceKind
    happened_at: datetime
    title: str = ""
    session_id: int | None = None
    post_id: int | None = None
    is_open: bool = True
    is_hidden: bool = False


@dataclass(frozen=True)
class Traces:
    """Of one competence, the newest first; `declared` is what the person says of it, if anything."""

    competence: Competence
    traces: list[Trace]
    declared: DeclaredCompetence | None = None

    @property
    def first(self) -> list[Trace]:
        return self.traces[:FIRST]

    @property
    def others(self) -> list[Trace]:
        return self.traces[FIRST:]


def traces_of(viewer: User | AnonymousUser, user_id: int, declared: Iterable[DeclaredCompetence] = ()) -> list[Traces]:
    """What the viewer may see of what a person did, what they declared first: one query."""
    return _grouped(((row, True) for row in evidence_of(viewer, user_id)), declared)


def own_traces(user: User, declared: Iterable[DeclaredCompetence] = ()) -> list[Traces]:
    """All of one's own, what one hid included. Of what one may not open any more (a circle that one left, a message
    that was removed) no title: others may still see it, so it can be hidden. Two queries."""
    openable = set(Evidence.objects.openable_by(user).filter(user=user).values_list("pk", flat=True))
    return _grouped(((row, row.pk in openable) for row in own_evidence(user)), declared)


def _grouped(rows: Iterable[tuple[Evidence, bool]], declared: Iterable[DeclaredCompetence]) -> list[Traces]:
    said = {one.competence_id: one for one in declared}
    found: dict[int, Traces] = {}
    for row, is_open in rows:
        group = found.setdefault(row.competence_id, Traces(row.competence, [], said.get(row.competence_id)))
        group.traces.append(_trace(row, is_open))
    return sorted(found.values(), key=lambda one: (one.declared is None, -one.traces[0].happened_at.timestamp()))


def _trace(row: Evidence, is_open: bool) -> Trace:
    trace = Trace(row.pk, EvidenceKind(row.kind), row.happened_at, is_open=is_open, is_hidden=row.hidden_at is not None)
    if not is_open:
        return trace
    title = row.session.title if row.session else row.post.topic.title if row.post else ""
    return replace(trace, title=title, session_id=row.session_id, post_id=row.post_id)
