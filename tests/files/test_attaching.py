"""Whose a file is, when it changes, and what is left of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from peerhub.files import queries
from peerhub.files.enums import FileState
from peerhub.files.models import StoredFile
from peerhub.files.services.storing import (
    attach_files,
    file_storage,
    move_files,
    purge_files,
    restore_files,
    withdraw_files,
)
from peerhub.files.tasks import purge
from peerhub.people.enums import CircleKind
from peerhub.people.models import Circle, Membership
from peerhub.people.services.circles import create_circle
from tests.builders import make_member, make_network
from tests.concurrency import together
from tests.files.builders import blob_of, make_file, make_image

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Membership:
    return make_member(make_network())


def network_circle(member: Membership) -> Circle:
    return Circle.objects.of_network(member.network, CircleKind.NETWORK)


def secret_circle(member: Membership) -> Circle:
    people = [member.user]
    return create_circle(
        network=member.network, kind=CircleKind.CUSTOM, name="Secret", members=people, confidential=True
    )


def state(stored: StoredFile) -> tuple[str, int | None]:
    stored.refresh_from_db()
    return stored.state, stored.circle_id


def test_only_the_owners_pending_files_are_attached(member: Membership) -> None:
    mine, others = make_file(member.user, member.network), make_file(make_member(member.network).user, member.network)
    circle, secret = network_circle(member), secret_circle(member)
    assert attach_files(ids=[mine.pk, others.pk, 0], owner=member.user, circle=circle) == {mine.pk}
    assert attach_files(ids=[mine.pk], owner=member.user, circle=circle) == {mine.pk}
    # What is open to one circle is not taken to another by writing its address there.
    assert attach_files(ids=[mine.pk], owner=member.user, circle=secret) == set()
    assert (state(mine), state(others)) == (("attached", circle.pk), ("pending", None))


def test_a_text_of_one_circle_shows_no_file_of_another(member: Membership) -> None:
    circle, secret = network_circle(member), secret_circle(member)
    stored = make_file(member.user, member.network)
    attach_files(ids=[stored.pk], owner=member.user, circle=secret)
    assert queries.files_to_write([stored.pk], owner=member.user, circle=circle) == {}
    assert list(queries.files_to_write([stored.pk], owner=member.user, circle=secret)) == [stored.pk]
    other = make_member(member.network).user
    pending = make_file(member.user, member.network)
    assert queries.files_to_write([pending.pk], owner=other, circle=circle) == {}


def test_addresses_of_a_confidential_circle_hold_no_name(member: Membership) -> None:
    stored = make_image(member.user, member.network, "Plan de licenciement.png")
    shown = queries.files_to_write([stored.pk], owner=member.user, circle=secret_circle(member))[stored.pk]
    assert (shown.url, shown.thumbnail_url) == (
        f"/fichiers/{stored.pk}/fichier.png",
        f"/fichiers/{stored.pk}/vignette/fichier.png",
    )
    assert shown.name == "Plan de licenciement.png"


def test_withdrawn_and_restored_and_moved(member: Membership) -> None:
    circle, secret = network_circle(member), secret_circle(member)
    stored, pending = make_file(member.user, member.network), make_file(member.user, member.network)
    ids = [stored.pk, pending.pk]
    attach_files(ids=[stored.pk], owner=member.user, circle=circle)
    assert (withdraw_files(ids=ids), withdraw_files(ids=ids), state(stored)) == (1, 0, ("withdrawn", circle.pk))
    assert (move_files(ids=ids, circle=secret), state(stored)) == (1, ("withdrawn", secret.pk))
    assert (restore_files(ids=ids), restore_files(ids=ids), state(stored)) == (1, 0, ("attached", secret.pk))
    assert state(pending) == ("pending", None)


def test_the_purge_takes_what_nobody_kept(member: Membership) -> None:
    circle, now = network_circle(member), timezone.now()
    kept = [make_file(member.user, member.network) for _number in range(4)]
    old, removed = make_image(member.user, member.network), make_file(member.user, member.network)
    attach_files(ids=[kept[0].pk, kept[1].pk, removed.pk], owner=member.user, circle=circle)
    withdraw_files(ids=[kept[1].pk, removed.pk])
    ages = {kept[0]: 90, kept[1]: 90, kept[2]: 29, old: 31, removed: 90}
    for stored, days in ages.items():
        StoredFile.objects.filter(pk=stored.pk).update(created_at=now - timedelta(days=days))
    StoredFile.objects.filter(pk=kept[1].pk).update(withdrawn_at=now - timedelta(days=29))
    StoredFile.objects.filter(pk=removed.pk).update(withdrawn_at=now - timedelta(days=31))
    assert (purge(), purge()) == (2, 0)
    assert set(StoredFile.objects.values_list("pk", flat=True)) == {one.pk for one in kept}
    gone = [old.blob, old.thumbnail, removed.blob]
    assert [file_storage().exists(blob) for blob in gone] == [False] * 3
    assert blob_of(kept[0].blob) == b"Douze euros."


def test_the_purge_survives_bytes_that_are_gone_already(member: Membership) -> None:
    stored = make_file(member.user, member.network)
    StoredFile.objects.update(created_at=timezone.now() - timedelta(days=31))
    file_storage().delete(stored.blob)
    assert (purge_files(), StoredFile.objects.count()) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_attached_to_two_circles_at_one_time_it_is_of_one() -> None:
    member = make_member(make_network())
    circle, secret = network_circle(member), secret_circle(member)
    for _round in range(5):
        stored = make_file(member.user, member.network)
        results = together(
            lambda: attach_files(ids=[stored.pk], owner=member.user, circle=circle),  # noqa: B023
            lambda: attach_files(ids=[stored.pk], owner=member.user, circle=secret),  # noqa: B023
        )
        got, of = state(stored)
        assert (got, sorted(map(len, results))) == (FileState.ATTACHED, [0, 1])  # type: ignore[arg-type]
        assert results[0 if of == circle.pk else 1] == {stored.pk}


@pytest.mark.django_db(transaction=True)
def test_purged_while_it_is_attached_it_is_either_whole_or_gone() -> None:
    member = make_member(make_network())
    circle = network_circle(member)
    for _round in range(5):
        stored = make_file(member.user, member.network)
        StoredFile.objects.update(created_at=timezone.now() - timedelta(days=31))
        attached, purged = together(
            lambda: attach_files(ids=[stored.pk], owner=member.user, circle=circle),  # noqa: B023
            purge_files,
        )
        exists = StoredFile.objects.filter(pk=stored.pk).exists()
        assert (exists, file_storage().exists(stored.blob)) == ((True, True) if attached else (False, False))
        assert purged == (0 if attached else 1)
        StoredFile.objects.filter(pk=stored.pk).update(created_at=timezone.now())
