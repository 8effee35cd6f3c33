import gettext
import os
from pathlib import Path

import pytest

from peerhub.embedded.build import compile_translations, find_node, fingerprint, is_fresh, note, run_tool
from peerhub.embedded.errors import EmbeddedError

PO = """msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "Séance"
msgstr "Session"

#, fuzzy
msgid "Sujet"
msgstr "Perhaps"
"""


def test_fingerprint_changes_with_content_and_name(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    first = fingerprint([tmp_path])
    assert fingerprint([tmp_path]) == first
    (tmp_path / "a").write_text("2")
    second = fingerprint([tmp_path])
    (tmp_path / "a").rename(tmp_path / "b")
    assert len({first, second, fingerprint([tmp_path])}) == 3


def test_stamp_is_fresh_only_for_what_was_noted(tmp_path: Path) -> None:
    stamp = tmp_path / "folder" / "stamp"
    assert not is_fresh(stamp, "x")
    note(stamp, "x")
    assert is_fresh(stamp, "x")
    assert not is_fresh(stamp, "y")


def test_translations_are_compiled_when_older_and_without_the_fuzzy(tmp_path: Path) -> None:
    source = tmp_path / "en" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(PO)
    assert compile_translations(tmp_path) == 1
    assert compile_translations(tmp_path) == 0

    target = source.with_suffix(".mo")
    with target.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    assert (catalogue.gettext("Séance"), catalogue.gettext("Sujet")) == ("Session", "Sujet")

    os.utime(source, ns=(target.stat().st_mtime_ns + 10**9,) * 2)
    assert compile_translations(tmp_path) == 1


def test_the_wheels_node_and_npm_serve_where_the_machine_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "package.json").write_text('{"type": "module"}')
    node = find_node()
    printed = run_tool([*node.npm, "--version"], cwd=tmp_path, env=node.environment, what="npm")
    assert printed.split(".")[0].isdigit()
    version = run_tool([node.node, "--version"], cwd=tmp_path, env=node.environment, what="node")
    assert int(version.removeprefix("v").split(".")[0]) >= 20


def test_a_tool_that_fails_is_a_sentence_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match=r"^Trying failed:\nlast words$"):
        run_tool(["/bin/sh", "-c", "echo last words; exit 1"], cwd=tmp_path, env={}, what="Trying")
