"""How django-allauth writes our accounts and mails."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up open to all; mails in the person's language."""
