"""The clock of the background work."""

import subprocess
import sys

from peerhub.schedule import SCHEDULE

_LOOK = """
import peerhub.beat, sys
from django.apps import apps
peerhub.beat.app.loader.init_worker()
peerhub.beat.app.finalize()
print(apps.ready, "forums.models" in sys.modules, *sorted(peerhub.beat.app.conf.beat_schedule))
"""


def test_the_clock_knows_the_schedule_and_loads_no_product() -> None:
    done = subprocess.run([sys.executable, "-c", _LOOK], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", *sorted(SCHEDULE)]
