"""Resource actors under concurrency: real threads, real transactions."""

import pytest

from mentoring.models import Support
from mentoring.services.actors import ask_renewals, offer_support
from peerhub.outbox.models import OutboxEvent
from tests.builders import make_member, make_network
from tests.concurrency import together
from tests.mentoring.actor_builders import make_keeper, make_organisation, make_support, said

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_keepers_at_once_offer_one_support_of_a_kind_and_it_is_asked_about_once() -> None:
    network, organisation = make_network(), make_organisation()
    keepers = [make_keeper(make_member(network), organisation).user for _two in range(2)]
    results = together(
        *[
            lambda one=one: offer_support(
                actor=one, network=network, organisation=organisation, kind="funding", fields=said()
            )
            for one in keepers
            for _double_click in range(2)
        ]
    )
    support = Support.objects.get()
    # A double click of who came first answers the same; the other is told that it is there.
    kinds = sorted(type(one).__name__ for one in results)
    assert kinds == ["DomainError", "DomainError", "Support", "Support"]
    make_support(network, ends_in=10)
    assert sorted(str(one) for one in together(ask_renewals, ask_renewals)) == ["0", "1"]
    assert OutboxEvent.objects.filter(name="mentoring.support_renewal_asked").count() == 1
    assert Support.objects.exclude(pk=support.pk).get().renewal_asked_at is not None
