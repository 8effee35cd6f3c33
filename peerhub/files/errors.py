"""Why a file is not taken."""

from peerhub.people.errors import DomainError


class BadFile(DomainError):
    """This file is refused as it is (422): the sentence says why, and what would do."""


class FileTooBig(BadFile):
    """Over the bound of its kind (413)."""


class NoRoom(BadFile):
    """The person's quota of the day, or the network's, is used up (429)."""


class TryLater(BadFile):
    """Nothing is known against the file: what should judge it does not answer (503)."""
