"""A dispatcher in a process of its own, which says that it is inside a handler and then never finishes.

usage: python -m tests.outbox.doomed_dispatcher DATABASE
"""

import sys
import time

import django
from django.conf import settings


def main(database: str) -> None:
    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    # Django is ready only now.
    from peerhub.outbox import registry, services  # noqa: PLC0415
    from tests.outbox.samples import Followed, Happened  # noqa: PLC0415

    registry.event("samples.happened")(Happened)
    registry.event("samples.followed")(Followed)

    @registry.handles(Happened)
    def on_happened(event: Happened) -> None:
        services.emit(Followed(event.fact_id))
        sys.stdout.write("inside\n")
        sys.stdout.flush()
        time.sleep(60)

    services.dispatch_due()


if __name__ == "__main__":
    main(sys.argv[1])
