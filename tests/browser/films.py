"""Browsers of several people, which are recorded when somebody wishes to see the journey."""

import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from playwright.sync_api import Page

from peerhub.people.models import User
from tests.browser.conftest import DESKTOP, PHONE, Visitors

Filmed = Callable[..., Page]


@contextmanager
def filming(visit: Visitors, folder: Path, journey: str, phones: Collection[str] = ()) -> Iterator[Filmed]:
    """Opens browsers that are recorded when PEERHUB_FILMS is set, in var/films: as films, or (« trace », which needs no
    ffmpeg) as what `playwright show-trace` plays back. Those named in `phones` are phones; `journey` is the beginning
    of the files' names."""
    pages: dict[str, Page] = {}
    wanted, kept = os.environ.get("PEERHUB_FILMS"), settings.VAR_DIR / "films"

    def open_one(who: str, user: User, **options: Any) -> Page:
        size = PHONE if who in phones else DESKTOP
        is_film = wanted not in {None, "", "trace"}
        films = {"record_video_dir": str(folder), "record_video_size": size} if is_film else {}
        open_page = visit.on_phone if who in phones else visit
        pages[who] = open_page(user, **films, **options)
        if wanted == "trace":
            pages[who].context.tracing.start(title=f"{journey}: {who}", screenshots=True)
        return pages[who]

    yield open_one
    for who, page in pages.items():
        if wanted == "trace":
            page.context.tracing.stop(path=kept / f"{journey}-{who}.zip")
        if page.video:
            page.context.close()
            page.video.save_as(kept / f"{journey}-{who}.webm")
