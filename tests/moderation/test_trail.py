"""The trail: written once, read by those concerned, refused to change by the database."""

import pytest
from django.db import IntegrityError, connection, transaction

from peerhub.moderation.enums import Decision
from peerhub.moderation.models import TrailEntry
from peerhub.moderation.queries import journal_page
from peerhub.moderation.services.trail import record
from peerhub.people.models import Membership, Network
from tests.builders import make_network
from tests.moderation.builders import Stage
from tests.moderation.notes import make_note

pytestmark = pytest.mark.django_db


def test_database_refuses_to_change_or_delete_an_entry() -> None:
    entry = record(network_id=make_network().pk, actor=None, verb="tests.happened")
    for sql in ("UPDATE moderation_trailentry SET reason = 'autre'", "DELETE FROM moderation_trailentry"):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    entry.refresh_from_db()
    assert (entry.verb, entry.reason) == ("tests.happened", "")


def test_deleted_network_leaves_its_trail() -> None:
    network = make_network()
    entry = record(network_id=network.pk, actor=None, verb="tests.happened")
    Network.objects.filter(pk=network.pk).delete()
    assert list(TrailEntry.objects.select_related("network", "actor").values_list("pk", "network_id")) == [
        (entry.pk, network.pk)
    ]


@pytest.mark.django_db(transaction=True)
def test_emptying_the_tables_is_not_refused() -> None:
    """TRUNCATE, which ends this test, fires no trigger of rows."""
    record(network_id=make_network().pk, actor=None, verb="tests.happened")
    assert TrailEntry.objects.count() == 1


def test_animators_read_what_happened_in_circles_open_to_them(stage: Stage) -> None:
    secret = stage.confidential(stage.author.user, stage.reader.user, stage.other.user)
    stage.reported(stage.note(circle=secret))
    stage.reported()
    record(network_id=stage.network.pk, actor=stage.animator.user, verb="tests.rules")

    def read(member: Membership) -> list[str]:
        page = journal_page(member.user, member)
        return [line.entry.verb for line in page.items]

    assert read(stage.animator) == ["tests.rules", "moderation.reported"]
    assert read(stage.other) == ["tests.rules", "moderation.reported", "moderation.reported"]


def test_person_reads_what_the_person_was_told_of(stage: Stage) -> None:
    told = stage.decided()
    stage.decided(stage.reported(stage.note()), Decision.NOTHING)
    own = TrailEntry.objects.concerning(stage.author.user)
    assert list(own.values_list("verb", "facts__case_id")) == [("moderation.decided", told.pk)]
    mine = TrailEntry.objects.concerning(stage.reader.user)
    assert list(mine.values_list("verb", flat=True)) == ["moderation.reported", "moderation.reported"]


def test_animator_does_not_read_a_report_about_the_own_text(stage: Stage) -> None:
    stage.reported(make_note(stage.circle, stage.animator.user))
    assert len(journal_page(stage.animator.user, stage.animator).items) == 0
    assert len(journal_page(stage.other.user, stage.other).items) == 1
