"""The markup of every page, read as strictly as a machine can: what a browser repairs, a screen reader may misread."""

from collections import Counter
from typing import Any

import html5lib
from django.urls import reverse
from html5lib.html5parser import HTMLParser

from tests.architecture.routes import ROUTES
from tests.architecture.world import KINDS, World
from tests.conftest import Browser

# Who sees most comes first.
EYES = ("elected", "animator", "agent", "newcomer", "anonymous")


def page_of(world: World, name: str, kind: str, browser: Browser) -> Any:
    route = ROUTES[name]
    address = reverse(name.partition("#")[0], kwargs=dict(route.arguments(world, kind)))
    return browser.get(address + route.query)


def faults_of(html: str) -> list[str]:
    """What breaks the grammar of HTML (a form in a form, a block in a paragraph…), and what is named twice."""
    parser = HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    tree = parser.parse(html)
    lines = html.splitlines()
    faults = [f"{code} {data}: {lines[line - 1][:160]}" for (line, _column), code, data in parser.errors]
    ids = Counter(one.get("id") for one in tree.iter() if one.get("id"))
    faults += [f"id twice: {name}" for name, number in ids.items() if number > 1]
    known = set(ids)
    for one in tree.iter():
        for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "form", "list"):
            missing = set((one.get(attribute) or "").split()) - known
            faults += [f"{attribute} of nothing: {name}" for name in missing]
        inside = [inner.tag for inner in one.iter() if inner is not one] if one.tag in {"a", "button"} else []
        faults += [f"<{inner}> in <{one.tag}>" for inner in inside if inner in {"a", "button", "input", "select"}]
    return faults


def test_the_markup_of_every_page_is_sound(world: World) -> None:
    faults, seen = {}, 0
    browsers = {kind: Browser().as_user(user) if user else Browser() for kind, user in world.kinds()}
    for name, route in ROUTES.items():
        kind = next((kind for kind in EYES if route.expected[KINDS.index(kind)] == "o"), "")
        response = page_of(world, name, kind, browsers[kind]) if kind else None
        if response is not None and response.streaming:
            b"".join(response.streaming_content)  # a file that is read to its end is closed
        if response is None or not response.headers["Content-Type"].startswith("text/html"):
            continue
        html = response.content.decode()
        if "<html" in html:
            seen += 1
            faults[name] = faults_of(html)
    assert {name: found for name, found in faults.items() if found} == {}
    assert seen > 80


def test_faults_are_seen() -> None:
    start = "<!doctype html><html lang=fr><title>x</title><body>"
    assert faults_of(f"{start}<p id=a><b>x</b></p>") == []
    broken = (
        f"{start}<p id=a><div id=a></div></p><form><form></form></form><a href=/><button>x</button></a><label for=z>"
    )
    found = [fault.partition(":")[0].partition(" {")[0] for fault in faults_of(broken)]
    assert {"id twice", "for of nothing", "<button> in <a>"} < set(found)
    assert len(found) >= 5
