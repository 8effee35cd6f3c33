"""Reading the environment: every setting comes through here, each also as `NAME_FILE` (a mounted secret)."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str | None = None) -> str:
    """The variable, else the content of the file named by `NAME_FILE`, else the default; required without one."""
    if name in os.environ:
        return os.environ[name]
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE: {path} cannot be read ({error.strerror}).") from error
    if default is None:
        raise ImproperlyConfigured(f"{name} (or {name}_FILE) must be set. See docs/operations.md.")
    return default


def boolean(name: str, default: bool) -> bool:
    value = text(name, "1" if default else "0").strip().lower()
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")
    return value in TRUE


def integer(name: str, default: int) -> int:
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from error


def listing(name: str, default: str = "") -> list[str]:
    """Comma-separated values, blanks dropped."""
    return [item.strip() for item in text(name, default).split(",") if item.strip()]


def choice(name: str, choices: tuple[str, ...], default: str) -> str:
    value = text(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value


def database(url: str, password: str = "") -> dict[str, object]:
    """Django's dictionary for `postgres://user:password@host:port/name?sslmode=require`.

    A socket directory is given as `postgres://user@/name?host=/run/postgresql`. `password` stands in for one that the
    address does not hold: a secret of its own, that the address may be shown without.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured("DATABASE_URL must look like postgres://user:password@host:5432/name.")
    # Django forbids psycopg to keep plans unless told how soon; only peerhub/people/prepared.py asks for it. Its reads
    # join ten tables: planned anew for each request, they cost PostgreSQL ten times what running them does.
    # And a request has one core: what it gains by a second one, another request loses; to start a process for a read of
    # 20 ms takes ten.
    choices = "-c plan_cache_mode=force_generic_plan -c max_parallel_workers_per_gather=0"
    plans = {"prepare_threshold": 5, "options": choices}
    options: dict[str, object] = {**plans, **dict(parse_qsl(parts.query))}
    host = str(options.pop("host", "") or parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or "") or password,
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


def is_bare(*urls: str) -> bool:
    """Whether one of the addresses that are given would be asked, or opened, without TLS."""
    return any(url and not url.startswith("https://") for url in urls)


def refuse(faults: dict[str, bool]) -> None:
    """Raise one error that names every sentence whose fault is there."""
    if found := [sentence for sentence, is_there in faults.items() if is_there]:
        raise ImproperlyConfigured(f"PeerHub refuses to start in production: {'; '.join(found)}.")


def email(url: str) -> dict[str, object]:
    """Django's e-mail settings for `smtp://user:password@host:587?tls=1` (`smtps://` for implicit TLS)."""
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL must look like smtp://user:password@host:587?tls=1.")
    options = dict(parse_qsl(parts.query))
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": options.get("tls", "0") in TRUE,
        "EMAIL_TIMEOUT": 20,
    }


def files(url: str, folder: Path) -> dict[str, object]:
    """Where files of people are kept: in `folder`, or in the bucket of `s3://KEY:SECRET@host/bucket?region=…`."""
    if not url:
        modes = {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder, **modes}}
    parts = urlsplit(url)
    bucket = parts.path.strip("/")
    if parts.scheme not in {"s3", "s3+http"} or not parts.hostname or not bucket or not parts.password:
        raise ImproperlyConfigured("FILES_URL must look like s3://KEY:SECRET@s3.example.org/bucket?region=fr-par.")
    host = parts.hostname + (f":{parts.port}" if parts.port else "")
    options = {
        "access_key": unquote(parts.username or ""),
        "secret_key": unquote(parts.password),
        "endpoint_url": f"{'http' if parts.scheme == 's3+http' else 'https'}://{host}",
        "bucket_name": bucket,
        "region_name": dict(parse_qsl(parts.query)).get("region"),
        "default_acl": None,  # private, as the bucket is
        "addressing_style": "path",
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
