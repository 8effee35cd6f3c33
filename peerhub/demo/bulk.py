"""A world of any size for measuring: one network of as many members, posts and sessions as asked, in minutes.

The same dice, texts and territories as the demo; rows go in by COPY, with counters computed on the way and proved by
the repair functions. Nobody is told of anything, and reminders are planned for what is ahead alone.
"""

from datetime import datetime

from django.conf import settings

from forums.services.counters import find_drifts
from mentoring.services.tree import load_competences
from peerhub.demo.bulk_discussions import write_discussions
from peerhub.demo.bulk_ground import LONGEST, READERS, SLUG, Ground, Scale
from peerhub.demo.bulk_people import write_circles, write_competences, write_people
from peerhub.demo.bulk_sessions import write_sessions
from peerhub.demo.copying import Say, loading, resume_ids, run, timed
from peerhub.demo.quick_folding import quick_folding
from peerhub.notifications.models import Notification
from peerhub.people.categories import ensure_categories
from peerhub.people.models import Network, Territory
from peerhub.people.services.circles import recount_circles
from peerhub.people.territories import load_territories
from sessions.services.registration import repair_counts

__all__ = ["LONGEST", "SCALES", "SLUG", "Scale", "exists", "seed_bulk"]

SCALES = {
    "small": Scale(members=2_000, forums=100, topics=500, posts=10_000, sessions=500),
    "compare": Scale(members=2_000, forums=100, topics=5_000, posts=100_000, sessions=2_000),
    "full": Scale(members=100_000, forums=100, topics=50_000, posts=1_000_000, sessions=20_000),
}


def exists() -> bool:
    return Network.objects.filter(slug=SLUG).exists()


def seed_bulk(scale: Scale, now: datetime, say: Say) -> None:
    """Make the world of the bench as of `now`, beside whatever is there. Raises RuntimeError for a wrong counter."""
    if not Territory.objects.exists():
        load_territories(settings.TERRITORIES_DIR, say=say)
    load_competences()
    ensure_categories()
    with loading():
        ground = Ground(scale, now, say)
        with quick_folding(body.plain for body in ground.texts.pool):
            write_people(ground)
            write_circles(ground)
            write_competences(ground)
            write_discussions(ground)
            write_sessions(ground)
            write_traces(ground)
        say("Statistics and counters...")
        run("ANALYZE")
        _prove()


def write_traces(ground: Ground) -> None:
    """What the readers of the measurements left: half of the latest topics read, and notifications."""
    params = {
        "network": ground.network.pk,
        "first": ground.first_user,
        "last": ground.first_user + min(READERS, ground.scale.members) - 1,
    }
    with timed(ground.say, "Traces of the readers") as written:
        written.append(run(_READ_LATEST, params))
        written.append(run(_NOTIFY, {**params, "last": ground.first_user + min(2000, ground.scale.members) - 1}))
        resume_ids(Notification)


def _prove() -> None:
    wrong = [f"{drift.model} {drift.pk}" for drift in find_drifts()]
    wrong += [f"session {pk}" for pk, _count, _truth in repair_counts(write=False)]
    if wrong or recount_circles():
        raise RuntimeError(f"Counters of the bench are wrong: {', '.join(wrong[:10]) or 'circles'}")


# Of the latest thousand topics, a reader has read one in two to its end, and one in four to its middle.
_READ_LATEST = """
INSERT INTO forums_topicread (user_id, topic_id, last_number, read_at)
SELECT reader.id, topic.id,
  CASE WHEN (reader.id + topic.id) %% 4 = 0 THEN greatest(1, topic.last_number / 2) ELSE topic.last_number END,
  topic.last_post_at
FROM (SELECT * FROM forums_topic WHERE network_id = %(network)s AND last_number > 0
  ORDER BY last_post_at DESC LIMIT 1000) topic
JOIN people_user reader ON reader.id BETWEEN %(first)s AND %(last)s
JOIN people_circle circle ON circle.id = topic.circle_id
WHERE (reader.id + topic.id) %% 4 <> 3 AND (circle.kind = 'public' OR EXISTS (
  SELECT FROM people_circlemember member WHERE member.circle_id = circle.id AND member.user_id = reader.id))
ON CONFLICT (user_id, topic_id) DO NOTHING
"""
_NOTIFY = """
INSERT INTO notifications_notification
  (recipient_id, kind, key, streak, target_id, actor_id, network_id, in_app, created_at, read_at)
SELECT reader.id, 'forums.reply', 'forums.reply.' || post.id, 'topic.' || post.topic_id, post.id, post.author_id,
  %(network)s, true, post.created_at, CASE WHEN post.id %% 7 = 0 THEN NULL ELSE post.created_at END
FROM (SELECT id FROM people_user WHERE id BETWEEN %(first)s AND %(last)s) reader
CROSS JOIN LATERAL (
  SELECT latest.* FROM (
    SELECT post.id, post.topic_id, post.author_id, post.created_at
    FROM forums_post post JOIN forums_topic topic ON topic.id = post.topic_id
    JOIN people_circle circle ON circle.id = topic.circle_id
    WHERE topic.network_id = %(network)s AND circle.kind = 'network' ORDER BY post.id DESC LIMIT 400
  ) latest WHERE latest.id %% 20 = reader.id %% 20 AND latest.author_id <> reader.id
) post
"""
