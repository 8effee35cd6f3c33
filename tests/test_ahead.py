"""What is loaded before a fork is shared; what is opened before it would be shared as well, and must not be."""

import subprocess
import sys

CODE = """
import gc, threading
import peerhub.wsgi
from peerhub.ahead import load
load()
from django.db import connection
from peerhub.live.publish import _client
print(connection.connection, _client.cache_info().currsize, threading.active_count(), gc.get_freeze_count() > 100_000)
"""


def test_loading_ahead_opens_nothing_and_starts_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["None", "0", "1", "True"]
