"""One world for all tests of a module: it takes seconds to make, and what a test does to it is taken back."""

from collections.abc import Iterator
from copy import deepcopy

import pytest
from django.db import transaction
from django.test import TestCase
from pytest_django import DjangoDbBlocker

from peerhub.outbox.testing import dispatch_all
from tests.architecture.world import World, keep_draft, make_world


@pytest.fixture(scope="module")
def _world_made_once(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        with TestCase.captureOnCommitCallbacks(execute=True):
            world = make_world()
            dispatch_all()
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def world(_world_made_once: World, db: None) -> World:
    """The test's own objects, in a transaction of its own within that of the module."""
    world = deepcopy(_world_made_once)
    keep_draft(world)  # each test begins with an empty cache
    return world
