"""What surrounds every page: headers, and the refusal of what is too long."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory, override_settings

from peerhub.wsgi import application, is_utf_8
from tests.builders import make_network, make_user
from tests.conftest import Browser

pytestmark = pytest.mark.django_db

GUARDS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self' ws://127.0.0.1:8000 ws://localhost:8000; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'; manifest-src 'self'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def directives(policy: str) -> dict[str, str]:
    return {name: rest for name, _space, rest in (part.strip().partition(" ") for part in policy.split(";"))}


@pytest.mark.parametrize(
    "path", ["/", "/reseaux/", "/compte/login/", "/nulle-part/", "/notifications/", "/couleurs.css", "/sante/vivant"]
)
def test_every_answer_is_guarded(browser: Browser, path: str) -> None:
    make_network()
    answer = browser.as_user(make_user()).get(path)
    found = {name: answer.headers.get(name) for name in GUARDS}
    assert directives(found.pop("Content-Security-Policy") or "") == directives(GUARDS["Content-Security-Policy"])
    assert found == {name: value for name, value in GUARDS.items() if name != "Content-Security-Policy"}
    assert answer.headers["Permissions-Policy"].startswith("accelerometer=(), autoplay=()")


def test_only_the_mailbox_of_the_demo_frames_anything(browser: Browser) -> None:
    assert "frame-src" not in browser.get("/courriels/").headers["Content-Security-Policy"]


def test_pages_of_members_are_kept_by_no_cache_on_the_way(browser: Browser) -> None:
    assert "Cache-Control" not in browser.get("/reseaux/").headers
    assert browser.as_user(make_user()).get("/reseaux/").headers["Cache-Control"] == "private, no-cache"


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000)
def test_what_is_too_long_is_refused_with_a_sentence(browser: Browser) -> None:
    body = "language=" + "a" * 1000
    answer = browser.post("/langue/", body, content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, "C’est trop long pour être envoyé" in answer.text) == (413, True)


def test_no_file_is_taken(browser: Browser) -> None:
    answer = browser.post("/langue/", {"language": "en", "file": SimpleUploadedFile("a.txt", b"a" * 10)})
    assert (answer.status_code, "C’est trop long pour être envoyé" in answer.text) == (413, True)


def test_a_name_that_is_not_ours_is_refused(browser: Browser) -> None:
    answer = browser.get("/", headers={"Host": "elsewhere.example.org"})
    assert (answer.status_code, "Cette demande est mal formée" in answer.text) == (400, True)


@pytest.mark.parametrize(
    "charset", ["charset=punycode", 'charset="utf-7"', "CHARSET=zlib", "charset=undefined", "charset*=utf-8''utf-7"]
)
@pytest.mark.parametrize("type_", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data;boundary=X"])
def test_text_is_utf_8_whatever_charset_is_named(charset: str, type_: str) -> None:
    """Django decodes as it is asked to: for hours (punycode), to what no column holds, or not at all."""
    body = b'--X\r\nContent-Disposition: form-data; name="q"\r\n\r\n+2AA-\r\n--X--\r\n'
    environ = RequestFactory().generic("POST", "/recherche/?q=%2B2AA-", body).environ
    environ["CONTENT_TYPE"] = f"{type_}; {charset}"
    statuses: list[str] = []
    list(application(environ, lambda status, _headers: statuses.append(status)))
    assert statuses == ["403 Forbidden"]
    assert environ["CONTENT_TYPE"] == ""


@pytest.mark.parametrize("type_", ["", "text/plain", "text/plain; charset=UTF-8", 'multipart/x; charset="utf8"'])
def test_a_charset_that_is_ours_is_kept(type_: str) -> None:
    assert is_utf_8(type_)


def test_an_address_or_a_cookie_holds_no_nul(browser: Browser) -> None:
    assert browser.get("/recherche/?q=eau%00").status_code == 400
    assert browser.get("/reseaux/", headers={"Cookie": r'peerhub_session="\000aaaaaaaaaaaa"'}).status_code == 400


@pytest.mark.parametrize("next_", ["foo", "..", "//elsewhere.example.org", "/\\elsewhere.example.org", "portal:home"])
def test_the_way_back_is_an_address_of_ours(browser: Browser, next_: str) -> None:
    answer = browser.post("/langue/", {"language": "en", "next": next_})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
