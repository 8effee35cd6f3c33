"""How django-allauth writes our accounts and mails."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.utils.translation import get_language, override

from peerhub.live.publish import recheck_on_commit
from peerhub.people.models import User
from peerhub.people.queries import language_of_address

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up open to all; mails in the person's language, whoever asked for them from whichever page."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        # Not from `context`: some mails come without their user.
        with override(language_of_address(email) or get_language()):
            super().send_mail(template_prefix, email, context)

    def send_account_already_exists_mail(self, email: str) -> None:
        """Takes as long as making an account: the time of the answer must not tell who has one."""
        make_password(email)
        super().send_account_already_exists_mail(email)

    def set_password(self, user: User, password: str) -> None:
        """A new password ends every session but the one that set it; their open pages stop at once."""
        super().set_password(user, password)
        recheck_on_commit(user.pk)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Leave a trace without saying who: the line of the request has the same id."""
        logger.warning("people.sign_in_failed")
