"""docker-compose.yml holds: every service runs from it, together, and people are served through the proxy."""

import http.client
import json
import re
import signal
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookies import Morsel, SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from peerhub.embedded.postgres import LOCALE
from peerhub.embedded.processes import free_port
from tests.architecture.composed import ROOT, Composed, compose_file, dockerfile
from tests.builders import PASSWORD

EMAIL, GIVEN, FAMILY = "canari.compose@example.org", "Canarelle", "Zinzolin"
PLANT = f"""
import django
django.setup()
from tests.builders import make_member, make_network, make_user
user = make_user({EMAIL!r}, given_name={GIVEN!r}, family_name={FAMILY!r})
make_member(make_network("reseau-compose"), user)
print(user.pk)
"""
# What Celery prints, rather than logs, when it stops.
GOODBYE = {"", "worker: Warm shutdown (MainProcess)"}
CLOSE_SERVICE_RESTART, CLOSE_SESSION_OVER = 1012, 4401


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Visitor:
    """A browser of one person: through the proxy where the machine has one, else straight to `web` as a proxy would."""

    composed: Composed
    cookies: dict[str, Morsel[str]] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, body: bytes = b"", *, port: int = 0, headers: dict[str, str] | None = None
    ) -> Answer:
        """`port`: that of another instance of `web`, asked without the proxy."""
        composed = self.composed
        given = {"Host": f"localhost:{composed.port}", "Cookie": self.cookie, "Origin": composed.public_url}
        if body:
            given["Content-Type"] = "application/x-www-form-urlencoded"
        connection: http.client.HTTPConnection
        if composed.has_proxy and not port:
            connection = http.client.HTTPSConnection("localhost", composed.port, context=self.trust(), timeout=30)
        else:
            given |= {"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7"}
            connection = http.client.HTTPConnection("127.0.0.1", port or composed.ports["web"], timeout=30)
        try:
            connection.request(method, path, body or None, given | (headers or {}))
            raw = connection.getresponse()
            answer = Answer(raw.status, raw.msg, raw.read())
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= SimpleCookie(line)
        return answer

    def post(self, path: str, **fields: str) -> Answer:
        """Open the page and send its form."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.ask("GET", path).text)
        assert token
        return self.ask("POST", path, urlencode({"csrfmiddlewaretoken": token[1], **fields}).encode())

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items())

    def trust(self) -> ssl.SSLContext:
        root = self.composed.folder / "caddy" / "caddy" / "pki" / "authorities" / "local" / "root.crt"
        return ssl.create_default_context(cafile=root)

    def socket(self, port: int = 0) -> ClientConnection:
        composed = self.composed
        is_proxied = composed.has_proxy and not port
        address = (
            f"wss://localhost:{composed.port}" if is_proxied else f"ws://127.0.0.1:{port or composed.ports['live']}"
        )
        return connect(
            f"{address}/live/",
            ssl=self.trust() if is_proxied else None,
            origin=Origin(composed.public_url),
            additional_headers={"Cookie": self.cookie},
        )


@pytest.fixture
def composed(tmp_path: Path) -> Iterator[Composed]:
    stack = Composed(tmp_path)
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()


@pytest.mark.timeout(300)
def test_services_of_the_compose_file_serve_people_together(composed: Composed) -> None:
    """One test, because one start: what is asked of it stands below, one function each."""
    user_id = int(composed.run_python(PLANT).split()[-1])
    visitor, member = Visitor(composed), Visitor(composed)
    a_page_is_guarded(visitor)
    static_files_are_kept_for_ever(visitor)
    what_is_of_the_demo_does_not_exist(visitor)
    what_is_too_long_is_refused(visitor)
    signing_in_changes_the_session(member)
    a_mail_reaches_smtp(composed, Visitor(composed))
    a_socket_follows_its_session(visitor, member, user_id)
    signing_in_changes_the_session(member)
    web_can_be_two_and_ends_gracefully(composed, member)
    live_can_be_two_and_sends_its_sockets_elsewhere(composed, member, user_id)
    background_work_is_alive(visitor)
    codes = composed.stop()
    assert set(codes.values()) <= {0, -signal.SIGTERM}, codes
    logs_are_json_and_say_nothing_of_people(composed)


def a_page_is_guarded(visitor: Visitor) -> None:
    answer = visitor.ask("GET", "/")
    assert answer.status == 200
    expected = {
        "Strict-Transport-Security": "max-age=31536000",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Server": None,
    }
    if not visitor.composed.has_proxy:
        del expected["Server"]
    assert {name: answer.headers[name] for name in expected} == expected
    assert "camera=()" in answer.headers["Permissions-Policy"]
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert (policy["default-src"], policy["script-src"], policy["style-src"]) == ("'none'", "'self'", "'self'")
    assert policy["connect-src"] == f"'self' {visitor.composed.public_url.replace('https', 'wss')}"
    assert "frame-src" not in policy
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def static_files_are_kept_for_ever(visitor: Visitor) -> None:
    found = re.search(r'href="(/static/ui/app\.[0-9a-f]{12}\.css)"', visitor.ask("GET", "/").text)
    assert found
    answer = visitor.ask("GET", found[1], headers={"Accept-Encoding": "br"})
    assert (answer.status, answer.headers["Content-Encoding"]) == (200, "br")
    assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"


def what_is_of_the_demo_does_not_exist(visitor: Visitor) -> None:
    assert [visitor.ask("GET", path).status for path in ("/courriels/", "/_ui/")] == [404, 404]


def what_is_too_long_is_refused(visitor: Visitor) -> None:
    answer = visitor.ask("POST", "/langue/", b"language=" + b"a" * (2 * 1024 * 1024))
    assert (answer.status, "trop long" in answer.text) == (413, True)


def signing_in_changes_the_session(visitor: Visitor) -> None:
    before = visitor.cookies.get("__Host-peerhub_session")
    answer = visitor.post("/compte/login/", login=EMAIL, password=PASSWORD)
    assert answer.status == 302, answer.text
    cookie = visitor.cookies["__Host-peerhub_session"]
    flags = {name: cookie[name] for name in ("secure", "httponly", "samesite", "path", "domain")}
    assert flags == {"secure": True, "httponly": True, "samesite": "Lax", "path": "/", "domain": ""}
    assert before is None or cookie.value != before.value
    assert visitor.ask("GET", "/notifications/").status == 200


def a_mail_reaches_smtp(composed: Composed, visitor: Visitor) -> None:
    assert visitor.post("/compte/password/reset/", email=EMAIL).status == 302
    deadline = time.monotonic() + 10
    while not composed.smtp.mails and time.monotonic() < deadline:
        time.sleep(0.05)
    (recipients, text), *others = composed.smtp.mails
    assert (recipients, others) == ([EMAIL], [])
    assert re.findall(r"^From: (.*)\r$", text, re.M) == ["PeerHub <bonjour@localhost>"]


def a_socket_follows_its_session(visitor: Visitor, member: Visitor, user_id: int) -> None:
    with visitor.socket() as stranger, member.socket() as own:
        for socket in (stranger, own):
            socket.send(json.dumps({"type": "subscribe", "group": f"user.{user_id}"}))
        assert json.loads(stranger.recv(10))["type"] == "refused"
        assert json.loads(own.recv(10))["type"] == "subscribed"
        assert member.post("/compte/logout/").status == 302
        assert close_code(own) == CLOSE_SESSION_OVER
    assert member.ask("GET", "/notifications/").status == 302


def close_code(socket: ClientConnection) -> int | None:
    """What the server says when it closes, whatever it sends before."""
    try:
        while True:
            socket.recv(15)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


def web_can_be_two_and_ends_gracefully(composed: Composed, member: Visitor) -> None:
    port = free_port()
    second = composed.launch("web", instance="web-2", PORT=port)
    composed.wait_for("web", "service_healthy", PORT=port)
    assert [member.ask("GET", "/notifications/", port=one).status for one in (0, port)] == [200, 200]
    with ThreadPoolExecutor(1) as pool:
        blocker = composed.lock("people_network")
        under_way = pool.submit(member.ask, "GET", "/reseaux/", port=port)
        time.sleep(1)
        assert not under_way.done()
        second.send_signal(signal.SIGTERM)
        time.sleep(1)
        blocker.close()
        assert under_way.result(20).status == 200
    assert second.wait(20) == 0


def live_can_be_two_and_sends_its_sockets_elsewhere(composed: Composed, member: Visitor, user_id: int) -> None:
    port = free_port()
    second = composed.launch("live", instance="live-2", LIVE_PORT=port)
    composed.wait_for("live", "service_healthy", LIVE_PORT=port)
    with member.socket(port) as socket:
        socket.send(json.dumps({"type": "subscribe", "group": f"user.{user_id}"}))
        assert json.loads(socket.recv(10))["type"] == "subscribed"
        second.send_signal(signal.SIGTERM)
        assert close_code(socket) == CLOSE_SERVICE_RESTART
    assert second.wait(20) in {0, -signal.SIGTERM}


def background_work_is_alive(visitor: Visitor) -> None:
    answer = visitor.ask("GET", "/sante/pret?tout=1")
    expected = {"status": "ok", "database": "ok", "redis": "ok", "beat": "ok", "worker": "ok"}
    assert (answer.status, json.loads(answer.body)) == (200, expected)


def logs_are_json_and_say_nothing_of_people(composed: Composed) -> None:
    lines = {
        name: composed.log(name).read_text().splitlines()
        for name in composed.processes
        if composed.services.get(name.partition("-")[0], {}).get("image") == "peerhub" and name != "migrate"
    }
    records = [json.loads(line) for each in lines.values() for line in each if line not in GOODBYE]
    assert all("request_id" in record for record in records)
    requests = [record for record in records if record["logger"] == "peerhub.request"]
    assert {record["route"] for record in requests} >= {"", "compte/login/", "notifications/", "sante/pret"}
    assert all(re.fullmatch(r"[A-Za-z0-9-]{32,36}", record["request_id"]) for record in requests)
    loud = {(record["level"], record["message"]) for record in records if record["level"] != "INFO"}
    # On a busy machine an idle granian worker sometimes misses its signal, and is killed: nothing was under way.
    loud.discard(("WARNING", "Killing worker-1 after it refused to gracefully stop"))
    assert loud == {("WARNING", "refused: RequestDataTooBig")}
    everything = "\n".join(line for each in lines.values() for line in each)
    assert [word for word in (EMAIL, GIVEN, FAMILY, "Traceback", PASSWORD) if word in everything] == []


def test_the_database_is_made_with_the_words_of_the_embedded_one() -> None:
    database = compose_file({"PUBLIC_URL": "https://x"})["services"]["database"]
    assert database["environment"]["POSTGRES_INITDB_ARGS"].split() == list(LOCALE)


def test_what_the_image_copies_is_there() -> None:
    copied = [
        source
        for word, rest in dockerfile()
        if word == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    ]
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert [source for source in copied if not (ROOT / source).exists()] == []
    assert [source for source in copied if f"!{source.split('/')[0]}" not in ignored] == []
    apps = {"peerhub", "forums", "sessions", "mentoring", "templates", "locale"}
    last_stage = [rest for word, rest in dockerfile() if word == "COPY" and rest.startswith("--from=python /build/")]
    assert {rest.split()[-1] for rest in last_stage} == apps | {"var/static"}
    assert [word for word, _rest in dockerfile() if word == "USER"] == ["USER"]
