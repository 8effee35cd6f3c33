"""The sessions of the demo as rows: past ones, coming ones, the seats taken in them, and their reminders.

Reminders whose hour has passed count as sent to those who were registered by then; only what is ahead will be sent.
"""

import random
from collections import Counter, defaultdict
from datetime import datetime, timedelta

from peerhub.demo.cast import Cast, Person
from peerhub.demo.dates import session_span
from peerhub.demo.preparation import write_threads
from peerhub.demo.saying import token
from peerhub.demo.settling import Settled
from peerhub.demo.texts import SessionText, sessions
from peerhub.people.models import CircleMember
from peerhub.text.markdown import RENDER_VERSION, render
from sessions.enums import Format
from sessions.models import PeerSession, Registration, Reminder
from sessions.services.reminders import OFFSETS, due_at

# Sessions without a limit of seats fill towards this.
UNLIMITED = 70
Span = tuple[datetime, datetime]


def write_agenda(cast: Cast, settled: Settled, now: datetime, dice: random.Random) -> list[PeerSession]:
    texts = sorted(sessions(), key=lambda text: session_span(text, now))
    rows = [_session(text, cast, settled, now, dice) for text in texts]
    PeerSession.objects.bulk_create(rows)
    coming = _write_registrations(texts, rows, cast, now, dice)
    write_threads(texts, rows, coming, cast, settled, now, dice)
    return rows


def _session(text: SessionText, cast: Cast, settled: Settled, now: datetime, dice: random.Random) -> PeerSession:
    starts_at, ends_at = session_span(text, now)
    rendered = render(text.description, names={})
    created_at = min(starts_at - timedelta(days=dice.uniform(24, 40)), now - timedelta(days=dice.uniform(0.3, 9)))
    return PeerSession(
        network=settled.networks[text.network],
        circle=settled.circle(text.network, text.circle),
        title=text.title,
        description=text.description,
        description_html=rendered.html,
        description_text=rendered.plain,
        render_version=RENDER_VERSION,
        format=Format(text.format),
        starts_at=starts_at,
        ends_at=ends_at,
        place=text.place,
        video_url=text.link,
        capacity=text.capacity,
        uid=token(dice),
        created_by_id=cast.accounts["animator"].user_id,
        created_at=created_at,
        updated_at=created_at,
    )


def _write_registrations(
    texts: list[SessionText], rows: list[PeerSession], cast: Cast, now: datetime, dice: random.Random
) -> list[list[Person]]:
    """Returns who comes to each."""
    insiders: dict[int, set[int]] = defaultdict(set)
    for circle_id, user_id in CircleMember.objects.filter(circle__in={row.circle_id for row in rows}).values_list(
        "circle_id", "user_id"
    ):
        insiders[circle_id].add(user_id)
    busy: dict[int, list[Span]] = defaultdict(list)
    registrations: list[Registration] = []
    reminders: list[Reminder] = []
    everyone: list[list[Person]] = []
    for text, session in zip(texts, rows, strict=True):
        open_to = [
            person
            for person in cast.members(text.network)
            if (text.circle.kind == "public" or person.user_id in insiders[session.circle_id])
            and (person.account or person.joined_at[text.network] < session.created_at)
            and not _overlaps(busy[person.user_id], session)
        ]
        coming = _coming(text, session, open_to, dice)
        everyone.append(coming)
        session.registered_count = len(coming)
        for person in coming:
            busy[person.user_id].append((session.starts_at, session.ends_at))
            until = min(session.starts_at, now)
            at = session.created_at + (until - session.created_at) * dice.betavariate(1.2, 2)
            at = max(at, person.joined_at[text.network] + timedelta(hours=3))
            registrations.append(
                Registration(session=session, user_id=person.user_id, affiliation_id=person.hat_id, registered_at=at)
            )
            reminders += [_reminder(session, person, offset, at, now) for offset in OFFSETS]
    Registration.objects.bulk_create(sorted(registrations, key=lambda row: (row.registered_at, row.user_id)))
    Reminder.objects.bulk_create(sorted(reminders, key=lambda row: (row.due_at, row.user_id)))
    PeerSession.objects.bulk_update(rows, ["registered_count"])
    return everyone


def _coming(text: SessionText, session: PeerSession, open_to: list[Person], dice: random.Random) -> list[Person]:
    """Who takes a seat: the demo accounts that must, then others by chance."""
    seats = text.capacity if text.capacity is not None else UNLIMITED
    wanted = min(round(seats * text.fill), len(open_to))
    full = text.capacity is not None and text.fill >= 1
    coming = [person for person in open_to if person.account and not full and _must_come(text, person)]
    others = [person for person in open_to if not person.account]
    dice.shuffle(others)
    # Those who will write in its thread come first.
    first: list[Person] = []
    for category, _body in text.preparation:
        first += [person for person in others if person.category == category and person not in first][:1]
    others = first + [person for person in others if person not in first]
    per_delegation: Counter[str] = Counter(person.delegation for person in coming)
    for person in others:
        if len(coming) >= wanted:
            break
        if text.max_per_delegation and per_delegation[person.delegation] >= text.max_per_delegation:
            continue
        per_delegation[person.delegation] += 1
        coming.append(person)
    return coming


def _must_come(text: SessionText, person: Person) -> bool:
    if text.moment == "soon":
        return person.account != "animator"
    if text.moment == "tomorrow":
        return person.account in {"elected", "agent"}
    if person.account == "newcomer":
        return "nouveaux" in text.title
    return text.circle.kind == "category" or text.format in {"agora", "field"}


def _overlaps(spans: list[Span], session: PeerSession) -> bool:
    return any(start < session.ends_at and end > session.starts_at for start, end in spans)


def _reminder(session: PeerSession, person: Person, offset: int, registered_at: datetime, now: datetime) -> Reminder:
    due = due_at(session, offset)
    reminder = Reminder(session=session, user_id=person.user_id, offset_minutes=offset, due_at=due)
    if due <= now and registered_at < due:
        reminder.sent_at = due
    elif due <= now:
        reminder.skipped_reason = "too_late"
    return reminder
