"""`python -m peerhub.web <options of granian>`: the pages, whose application is loaded before its workers are forked.

Each worker of granian alone would load it for itself: 70 MB more (docs/adr/0012).
"""

from granian.cli import entrypoint

from peerhub import wsgi  # noqa: F401 - loaded here, found by the workers
from peerhub.ahead import load

if __name__ == "__main__":
    load()
    entrypoint()  # type: ignore[no-untyped-call]
