"""What was closed stays closed: also in sequence, by race, through a delegate, and in the journal."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connections, transaction

from peerhub.people.errors import DomainError
from sessions.models import PeerSession, Registration
from sessions.services.confidentiality import raise_confidentiality
from sessions.services.registration import register
from tests.builders import make_member, make_network
from tests.sessions.builders import animator_of, make_registration, make_session


def meanwhile(first: Callable[[], object], second: Callable[[], object]) -> list[Exception]:
    """Do `second` while the transaction of `first` is open; what failed otherwise than by a refusal."""
    begun, failures = threading.Event(), []

    def other() -> None:
        begun.wait(5)
        try:
            second()
        except DomainError:
            pass
        except Exception as error:  # noqa: BLE001 (what it is, is for the assertion)
            failures.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=other)
    thread.start()
    with transaction.atomic():
        first()
        begun.set()
        time.sleep(1)
    thread.join()
    return failures


@pytest.mark.django_db(transaction=True)
def test_nobody_sits_in_a_session_that_closes_meanwhile() -> None:
    network = make_network()
    session = make_session(network)
    one, other = make_member(network).user, make_member(network).user
    make_registration(session, one)
    actor = animator_of(network)
    failures = meanwhile(
        lambda: raise_confidentiality(actor=actor, session=session, target="registered"),
        lambda: register(user=other, session=session),
    )
    assert failures == []
    assert not PeerSession.objects.visible_to(other).filter(pk=session.pk).exists()
    assert not Registration.objects.filter(session=session, user=other).exists()
