"""The answer of a policy: `Allowed()` is truthy; `Denied(reason)` is falsy and carries a sentence for the person."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


@dataclass(frozen=True)
class Allowed:
    def __bool__(self) -> Literal[True]:
        return True


@dataclass(frozen=True)
class Denied:
    """`hide` says that the very existence of the object must not show: a view answers 404, else 403 with `reason`."""

    reason: "_StrOrPromise"
    hide: bool = False

    def __bool__(self) -> Literal[False]:
        return False


Verdict = Allowed | Denied
