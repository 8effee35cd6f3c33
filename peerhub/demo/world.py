"""The demo world, made in one transaction: all of it or none.

Nothing of what is past is announced: rows are written without events, so no outbox row, no delivery and no mail
comes of seeding; reminders that lie ahead are planned, and will be sent at their hour.
"""

import random
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from forums.services.counters import find_drifts
from mentoring.services.directory import refresh_entries, wrong_entries
from peerhub.demo import texts
from peerhub.demo.abilities import declare
from peerhub.demo.aftermath import write_aftermath
from peerhub.demo.agenda import write_agenda
from peerhub.demo.arranging import arrange
from peerhub.demo.cast import CATALYSTS, Cast
from peerhub.demo.copying import run
from peerhub.demo.curated import curate
from peerhub.demo.discussions import play, rehearse
from peerhub.demo.mentoring_accompaniment import write_accompaniment
from peerhub.demo.mentoring_actors import write_actors
from peerhub.demo.mentoring_introductions import write_introductions
from peerhub.demo.mentoring_mentorships import write_mentorships
from peerhub.demo.mentoring_needs import write_needs
from peerhub.demo.mentoring_proposals import write_proposals
from peerhub.demo.mentoring_trainings import write_trainings
from peerhub.demo.mentoring_use import write_closed_needs
from peerhub.demo.places import Atlas
from peerhub.demo.polls import write_poll
from peerhub.demo.programme import write_programme
from peerhub.demo.settling import settle
from peerhub.demo.traces import write_traces
from peerhub.people.models import Circle, Membership, Network, Territory
from peerhub.people.services.circles import repair_circle
from peerhub.people.territories import load_territories
from sessions.models import PeerSession
from sessions.services.registration import repair_counts

SEED = 20_241
Say = Callable[[str], None]
# Everything else that belongs to people hangs on these by foreign keys.
ROOTS = (
    "people_user",
    "people_network",
    "people_organisation",
    "people_circle",
    "outbox_outboxevent",
    "django_session",
    "moderation_trailentry",
)


def exists() -> bool:
    return Network.objects.filter(slug=CATALYSTS).exists()


@transaction.atomic
def clear() -> None:
    """Delete every person, network and organisation of this database, with all that is theirs; ids begin again."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        roots = ", ".join(connection.ops.quote_name(name) for name in ROOTS if name in tables)
        # Checks that wait for the end of a transaction around us would forbid it.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"TRUNCATE {roots} RESTART IDENTITY CASCADE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@transaction.atomic
def seed(now: datetime, say: Say) -> None:
    """Make the demo world as of `now` (aware). Raises RuntimeError when a counter came out wrong."""
    if not Territory.objects.exists():
        load_territories(settings.TERRITORIES_DIR, say=say)
    dice = random.Random(SEED)
    say("People: names, hats and territories...")
    cast = Cast(Atlas(), dice)
    scenes = cast.scenes(texts.themes())
    hours = rehearse(scenes, now, dice)
    settled = settle(cast, now, dice)
    say(f"People: {len(cast.people)} in {len(settled.networks)} networks.")
    played = play(scenes, hours, texts.themes(), settled, dice)
    say(f"Discussions: {sum(len(one.times) for one in played)} posts in {len(played)} topics.")
    say(f"Tags: {arrange(played, settled)} put on topics.")
    sessions = write_agenda(cast, settled, now, dice)
    say(f"Sessions: {len(sessions)}, with {sum(session.registered_count for session in sessions)} seats taken.")
    write_poll(cast, settled, now)
    write_aftermath(cast, write_programme(cast, settled, now), now)
    say(f"Competences: {declare(cast, now, dice)} declared.")
    say(f"Introductions: {write_introductions(cast, settled, now)} this month.")
    write_traces(cast, played, sessions, now)
    curate(cast, played, now, dice)
    say(f"Resource actors: {write_actors(cast, settled, now)}.")
    say(f"Mentorships: {write_mentorships(cast, settled, now)}.")
    say(f"Notes: {write_accompaniment(cast, settled, now)}.")
    say(f"Needs: {write_needs(cast, settled, now)} wait for a peer.")
    say(f"Needs of past quarters: {write_closed_needs(cast, settled, now)}.")
    say(f"Competences that are missed: {write_proposals(cast, settled, now)} wait.")
    say(f"Trainings: {write_trainings(cast, settled, now)}.")
    refresh_entries("all")
    run("ANALYZE")
    _prove()
    say(f"Counters: right ({Membership.objects.count()} memberships, {PeerSession.objects.count()} sessions).")


def _prove() -> None:
    wrong = [f"{drift.model} {drift.pk}" for drift in find_drifts()]
    wrong += [f"session {pk}" for pk, _count, _truth in repair_counts(write=False)]
    wrong += [f"circle {circle.pk}" for circle in Circle.objects.all() if any(repair_circle(circle, write=False))]
    wrong += [f"directory entry {pk}" for pk in wrong_entries()]
    if wrong:
        raise RuntimeError(f"Counters of the demo world are wrong: {', '.join(wrong[:10])}")
