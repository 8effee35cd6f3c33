"""The demo accounts: who can be visited as, and the one password that all of them share.

Their password is published, so they must never exist where real people are: `seed_demo` refuses in production.
"""

import json
from typing import NamedTuple

from peerhub.demo.texts import CONTENT

PASSWORD = "catalyseurs-demo"  # noqa: S105 (published on purpose)


class DemoAccount(NamedTuple):
    key: str
    label: str
    name: str
    email: str
    password: str


def _accounts() -> tuple[DemoAccount, ...]:
    rows = json.loads((CONTENT / "accounts.json").read_text(encoding="utf-8"))["accounts"]
    return tuple(
        DemoAccount(row["key"], row["label"], f"{row['given_name']} {row['family_name']}", row["email"], PASSWORD)
        for row in rows
    )


ACCOUNTS = _accounts()


def accounts_table() -> str:
    """The accounts as `make run` shows them: one a line, in columns."""
    widths = [max(len(getattr(account, field)) for account in ACCOUNTS) for field in ("label", "name", "email")]
    rows = [
        f"{account.label:<{widths[0]}}  {account.name:<{widths[1]}}  {account.email:<{widths[2]}}"
        for account in ACCOUNTS
    ]
    return "\n".join([*rows, f"The password of all: {PASSWORD}"]) + "\n"
