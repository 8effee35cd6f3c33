"""Who is behind a socket, and what they may watch: short reads of the database, in a few threads of their own."""

import asyncio
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib import import_module
from typing import TypeVar

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, load_backend
from django.db import close_old_connections
from django.utils.crypto import constant_time_compare

from peerhub.live.registry import parse_group

T = TypeVar("T")

# The database is the limit, not the threads; each keeps one connection.
THREADS = 4


@dataclass(frozen=True)
class Verdict:
    """`is_session_over`: the cookie no longer stands for the person it stood for. `allowed` maps the groups that may
    be watched to their newest sequence (None: unknown), `changes` those that tell it to their last change, `names`
    those that tell who is there to the name under which this person is ('': unseen)."""

    user_id: int | None
    is_session_over: bool
    allowed: dict[str, int | None]
    changes: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


class Judge:
    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="live-judge")

    async def judge(self, session_key: str | None, known_user_id: int | None, groups: Collection[str]) -> Verdict:
        """`known_user_id`: whom this socket was found to be before; None when it is new or anonymous."""
        return await asyncio.get_running_loop().run_in_executor(
            self._pool, _with_clean_connection, lambda: _judge(session_key, known_user_id, groups)
        )

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def _with_clean_connection(job: Callable[[], T]) -> T:
    """What Django does around a request: a connection that is too old or broken is neither used nor kept."""
    close_old_connections()
    try:
        return job()
    finally:
        close_old_connections()


def _judge(session_key: str | None, known_user_id: int | None, groups: Collection[str]) -> Verdict:
    user_id = user_of_session(session_key)
    if known_user_id is not None and user_id != known_user_id:
        return Verdict(user_id, True, {})
    verdict = Verdict(user_id, False, {})
    for group in groups:
        registered, pk = parse_group(group)
        if not registered.can_watch(user_id, pk):
            continue
        verdict.allowed[group] = registered.last_seq(pk) if registered.last_seq else None
        if registered.last_change and (changed := registered.last_change(pk)):
            verdict.changes[group] = changed
        if user_id is not None and registered.presence:
            name = registered.presence(user_id, pk)
            if name is not None:
                verdict.names[group] = name
    return verdict


def user_of_session(session_key: str | None) -> int | None:
    """The active person whom this session signs in, else None.

    The checks of `django.contrib.auth.get_user`, which cannot be used here: it replaces the key of a session that was
    signed with an older secret, and a socket cannot tell the browser the new one.
    """
    if not session_key:
        return None
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    path, session_hash = session.get(BACKEND_SESSION_KEY), session.get(HASH_SESSION_KEY, "")
    if path not in settings.AUTHENTICATION_BACKENDS:
        return None
    user = load_backend(path).get_user(session[SESSION_KEY])
    if user is None or not user.is_active:
        return None
    hashes = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    if not any(constant_time_compare(session_hash, known) for known in hashes):
        return None
    return int(user.pk)
