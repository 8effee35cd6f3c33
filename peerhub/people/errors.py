"""Refusals of the domain."""

from typing import TYPE_CHECKING

from peerhub.people.verdicts import Verdict

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


class DomainError(Exception):
    """A service refuses: `str(error)` is a sentence for the person, shown as it is (409)."""

    def __init__(self, message: "_StrOrPromise") -> None:
        super().__init__(message)

    def __str__(self) -> str:
        return str(self.args[0])


class Refused(DomainError):
    """A policy said no (403)."""


class TooOften(DomainError):
    """More than one person may do in a time: the sentence says when it may be done again (429)."""


def require(verdict: Verdict) -> None:
    """Raise `Refused` with the verdict's reason unless it allows."""
    if not verdict:
        raise Refused(verdict.reason)
