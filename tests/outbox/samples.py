"""Events of the tests, which register them under a registry of their own (conftest)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Happened:
    fact_id: int


@dataclass(frozen=True)
class Followed:
    fact_id: int
    note: str | None = None
