"""Where files are kept, as the environment says."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import storages

from peerhub import env


def test_a_folder_unless_told() -> None:
    chosen = env.files("", Path("/var/lib/peerhub/files"))
    assert chosen["OPTIONS"] == {
        "location": Path("/var/lib/peerhub/files"),
        "file_permissions_mode": 0o600,
        "directory_permissions_mode": 0o700,
    }


def test_a_bucket_that_nobody_else_reads() -> None:
    chosen = env.files("s3://KEY:S%2Fcret@s3.example.org/bucket?region=fr-par", Path("/x"))
    storage = storages.create_storage(chosen)
    kept = {name: getattr(storage, name) for name in ("access_key", "secret_key", "endpoint_url", "bucket_name")}
    assert kept == {
        "access_key": "KEY",
        "secret_key": "S/cret",
        "endpoint_url": "https://s3.example.org",
        "bucket_name": "bucket",
    }
    assert (storage.region_name, storage.default_acl) == ("fr-par", None)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "url", ["s3://host/bucket", "s3://KEY:SECRET@host", "ftp://KEY:SECRET@host/bucket", "/srv/files", "s3://KEY@host/b"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"FILES_URL must look like s3://KEY:SECRET@s3\.example\.org"):
        env.files(url, Path("/x"))
