"""Production refuses what is insecure and says which; every variable is documented."""

import os
import re
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from peerhub import env
from tests.architecture.composed import ROOT

KEY = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
SOUND = {
    "PEERHUB_ENV": "production",
    "SECRET_KEY": KEY,
    "PUBLIC_URL": "https://peerhub.example.org",
    "EMAIL_URL": "smtp://mail.example.org",
    "DATABASE_URL": "postgres://peerhub@database/peerhub",
    "DATABASE_PASSWORD": "s3cret",
    "REDIS_URL": "redis://redis/0",
}
SHOW = """
from peerhub import settings
print(settings.DATABASES["default"]["PASSWORD"], settings.DEFAULT_FROM_EMAIL, settings.SESSION_COOKIE_NAME)
print("peerhub.mailbox" in settings.INSTALLED_APPS, settings.DEBUG, settings.EMAIL_BACKEND)
"""


def load(**changes: str | None) -> subprocess.CompletedProcess[str]:
    """Import the settings in a process of their own; None removes a variable."""
    given = {"PATH": os.environ["PATH"], **SOUND, **changes}
    given = {name: value for name, value in given.items() if value is not None}
    return subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=ROOT,
        env={name: str(value) for name, value in given.items()},
        capture_output=True,
        text=True,
        check=False,
    )


def test_sound_environment_starts_without_mailbox_nor_debug() -> None:
    loaded = load(DEFAULT_FROM_EMAIL="", PEERHUB_ENV=None)
    assert loaded.stdout.splitlines() == [
        "s3cret PeerHub <bonjour@peerhub.example.org> __Host-peerhub_session",
        "False False django.core.mail.backends.smtp.EmailBackend",
    ], loaded.stderr


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY (or SECRET_KEY_FILE) must be set"),
        ({"SECRET_KEY": KEY[:49]}, "SECRET_KEY must have at least 50 characters"),
        ({"SECRET_KEY": "a" * 64}, "20 of them different"),
        ({"SECRET_KEY": "only-for-the-demo-and-the-tests-" * 2}, "SECRET_KEY must not be the demo's"),
        ({"SECRET_KEY_FALLBACKS": "only-for-the-demo-and-the-tests-" * 2}, "SECRET_KEY must not be the demo's"),
        ({"DEBUG": "1"}, "DEBUG must be off"),
        ({"PUBLIC_URL": None}, "PUBLIC_URL (or PUBLIC_URL_FILE) must be set"),
        ({"PUBLIC_URL": "http://peerhub.example.org"}, "PUBLIC_URL must begin with https://"),
        ({"ALLOWED_HOSTS": "peerhub.example.org,*"}, "ALLOWED_HOSTS must not contain *"),
        ({"EMAIL_URL": None}, "EMAIL_URL must be set"),
        ({"EMAIL_URL": "mailbox://"}, "EMAIL_URL must look like smtp://"),
        ({"DATABASE_URL": "sqlite:///here"}, "DATABASE_URL must look like postgres://"),
        ({"VIDEO_JITSI_URL": "http://meet.example.org"}, "VIDEO_JITSI_URL and VIDEO_BBB_URL must begin with https://"),
        ({"VIDEO_BBB_URL": "bbb.example.org"}, "VIDEO_JITSI_URL and VIDEO_BBB_URL must begin with https://"),
        ({"PEERHUB_ENV": "prod"}, "PEERHUB_ENV must be one of production, demo, test"),
        ({"SECRET_KEY": None, "SECRET_KEY_FILE": "/nowhere/key"}, "SECRET_KEY_FILE: /nowhere/key cannot be read"),
    ],
)
def test_production_refuses_an_insecure_setting_and_says_which(changes: dict[str, str | None], sentence: str) -> None:
    refused = load(**changes)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert sentence in refused.stderr.splitlines()[-1]


def test_all_refusals_are_said_at_once() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^PeerHub refuses to start in production: one; three\.$"):
        env.refuse({"one": True, "two": False, "three": True})


def test_password_of_the_address_comes_first() -> None:
    assert env.database("postgres://me:mine@here/name", "other")["PASSWORD"] == "mine"
    assert env.database("postgres://me@here/name", "other")["PASSWORD"] == "other"


def test_every_variable_is_documented_and_no_other() -> None:
    settings = (ROOT / "peerhub" / "settings.py").read_text()
    read = set(re.findall(r'env\.(?:text|boolean|integer|listing|choice)\(\s*"([A-Z_]+)"', settings))
    processes = set(re.findall(r'env\.get\(["\']([A-Z_]+)["\']\)', (ROOT / "peerhub" / "cli.py").read_text()))
    table = (ROOT / "docs" / "operations.md").read_text().partition("## Environment")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([A-Z_]+)`", table, re.MULTILINE)) == read | processes


def test_settings_stay_readable_in_one_sitting() -> None:
    assert len((ROOT / "peerhub" / "settings.py").read_text().splitlines()) <= 300
