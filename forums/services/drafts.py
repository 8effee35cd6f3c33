"""What a person is writing, kept on the server for all of that person's devices."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from forums.models import BODY_MAX_LENGTH, Draft
from peerhub.people.errors import DomainError
from peerhub.people.models import User

KEY = re.compile(r"[a-z]+(?:-[a-z0-9]+)*", re.ASCII)
MAX_DRAFTS = 200
MAX_FIELDS = 20


class BadDraft(DomainError):
    """A draft that no form of ours would send (422)."""


@dataclass
class DraftConflict(Exception):
    """Somewhere else the same text was written on (`kept`), or published or thrown away (None)."""

    kept: Draft | None


def save_draft(*, user: User, key: str, title: str, address: str, fields: Mapping[str, str], version: int) -> Draft:
    """Keep what is being written; `version` is the one that this device knows, 0 when it knows none.

    Raises `DraftConflict` when another device wrote meanwhile, or when the draft it knew is gone; nothing is
    overwritten. What is already kept word for word is no conflict. Raises `BadDraft` for what is too big or malformed.
    """
    _check(key, address, fields)
    try:
        with transaction.atomic():
            kept = Draft.objects.select_for_update(no_key=True).filter(user=user, key=key).first()
            if kept is None:
                return _start(user, key, title, address, fields, version)
            if kept.fields == dict(fields):
                return kept
            if kept.version != version:
                raise DraftConflict(kept)
            kept.fields, kept.version, kept.updated_at = dict(fields), version + 1, timezone.now()
            kept.title, kept.address = title[:160], address
            kept.save(update_fields=["fields", "version", "updated_at", "title", "address"])
            return kept
    except IntegrityError:
        # Two devices began at one time: the second learns of the first.
        return _after_the_other(user, key, fields)


def forget_draft(*, user_id: int, key: str) -> None:
    """The text was published, or thrown away."""
    Draft.objects.filter(user=user_id, key=key).delete()


def _start(user: User, key: str, title: str, address: str, fields: Mapping[str, str], version: int) -> Draft:
    if version:
        raise DraftConflict(None)
    if Draft.objects.filter(user=user).count() >= MAX_DRAFTS:
        raise BadDraft(
            _("Vous avez déjà %(count)s brouillons : supprimez-en pour en garder d’autres.") % {"count": MAX_DRAFTS}
        )
    return Draft.objects.create(user=user, key=key, title=title[:160], address=address, fields=dict(fields))


def _after_the_other(user: User, key: str, fields: Mapping[str, str]) -> Draft:
    kept = Draft.objects.filter(user=user, key=key).first()
    if kept is not None and kept.fields == dict(fields):
        return kept
    raise DraftConflict(kept)


def _check(key: str, address: str, fields: Mapping[str, str]) -> None:
    is_ours = address.startswith("/") and not address.startswith("//") and len(address) <= 200
    sizes = [len(value) for value in fields.values()]
    if not (KEY.fullmatch(key) and len(key) <= 80 and is_ours and len(fields) <= MAX_FIELDS):
        raise BadDraft(_("Ce brouillon ne peut pas être gardé."))
    if sum(sizes) > 2 * BODY_MAX_LENGTH or any(len(name) > 40 for name in fields):
        raise BadDraft(_("Ce brouillon est trop long pour être gardé."))
