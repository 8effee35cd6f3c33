"""Sending and opening files over HTTP."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from peerhub.files import queries
from peerhub.files.models import StoredFile, file_url, thumbnail_url
from peerhub.files.services.storing import attach_files, file_storage, purge_files, withdraw_files
from peerhub.people.enums import CircleKind
from peerhub.people.models import Circle, Membership
from tests.builders import make_member, make_network, make_user
from tests.conftest import Browser
from tests.files.builders import make_file, make_image
from tests.files.corpus import SVG, picture

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def member() -> Membership:
    return make_member(make_network())


def sent(name: str = "Budget.txt", content: bytes = b"Douze euros.") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def circle_of(member: Membership) -> Circle:
    return Circle.objects.of_network(member.network, CircleKind.NETWORK)


def test_script_sends_a_document_and_is_told_how_to_write_it(browser: Browser, member: Membership) -> None:
    fields = {"network": member.network.slug, "file": sent("Budget [voté].txt")}
    answer = browser.as_user(member.user).post("/fichiers/", fields, headers=JSON)
    stored = StoredFile.objects.get()
    assert (answer.status_code, answer.json()) == (
        201,
        {
            "id": stored.pk,
            "kind": "document",
            "name": "Budget -voté.txt",
            "size": 12,
            "url": f"/fichiers/{stored.pk}/Budget%20-vot%C3%A9.txt",
            "thumbnail": "",
            "markdown": f"[Budget -voté.txt](/fichiers/{stored.pk}/Budget%20-vot%C3%A9.txt)",
        },
    )


def test_script_sends_an_image(browser: Browser, member: Membership) -> None:
    fields = {"network": member.network.slug, "file": sent("plan.png", picture()), "alt": "Le [plan]"}
    answer = browser.as_user(member.user).post("/fichiers/", fields, headers=JSON)
    pk = StoredFile.objects.get().pk
    told = answer.json()
    assert (told["markdown"], told["thumbnail"]) == (
        f"![Le \\[plan\\]](/fichiers/{pk}/plan.png)",
        f"/fichiers/{pk}/vignette/plan.png",
    )
    shown = browser.get(told["thumbnail"])
    assert shown.getvalue()[8:12] == b"WEBP"
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/webp")


def test_a_page_gives_the_line_to_copy(browser: Browser, member: Membership) -> None:
    answer = browser.as_user(member.user).post("/fichiers/", {"network": member.network.slug, "file": sent()})
    pk = StoredFile.objects.get().pk
    assert (answer.status_code, f"[Budget.txt](/fichiers/{pk}/Budget.txt)" in answer.text) == (201, True)


def test_a_refusal_is_a_sentence(browser: Browser, member: Membership) -> None:
    fields = {"network": member.network.slug, "file": sent("logo.svg", SVG)}
    answer = browser.as_user(member.user).post("/fichiers/", fields, headers=JSON)
    assert (answer.status_code, "Formats acceptés" in answer.json()["error"]) == (422, True)
    fields["file"] = sent("logo.svg", SVG)
    answer = browser.post("/fichiers/", fields)
    assert (answer.status_code, "Formats acceptés" in answer.text) == (422, True)
    answer = browser.post("/fichiers/", {"network": member.network.slug}, headers=JSON)
    assert (answer.status_code, "Choisissez un fichier" in answer.json()["error"]) == (422, True)
    assert StoredFile.objects.count() == 0


@override_settings(FILE_DAY_MEGABYTES=0)
def test_a_full_day_is_429(browser: Browser, member: Membership) -> None:
    fields = {"network": member.network.slug, "file": sent()}
    answer = browser.as_user(member.user).post("/fichiers/", fields, headers=JSON)
    assert (answer.status_code, "c’est le maximum" in answer.json()["error"]) == (429, True)


def test_the_twenty_first_of_a_minute_is_429(browser: Browser, member: Membership) -> None:
    browser.as_user(member.user)
    statuses = [
        browser.post("/fichiers/", {"network": member.network.slug}, headers=JSON).status_code for _number in range(21)
    ]
    assert statuses == [422] * 20 + [429]


def test_only_members_send_to_a_network(browser: Browser, member: Membership) -> None:
    fields = {"network": member.network.slug, "file": sent()}
    assert browser.as_user(make_user()).post("/fichiers/", fields).status_code == 404
    visitor = Browser().post("/fichiers/", {"network": member.network.slug, "file": sent()})
    assert (visitor.status_code, StoredFile.objects.count()) == (302, 0)


def test_files_enter_by_their_own_doors_alone(browser: Browser, member: Membership) -> None:
    browser.as_user(member.user)
    assert browser.post("/langue/", {"language": "en", "file": sent()}).status_code == 413
    assert browser.post("/fichiers/", {"network": member.network.slug, "other": sent()}).status_code == 413
    assert browser.post("/fichiers/", {"network": member.network.slug, "file": [sent(), sent()]}).status_code == 413
    assert StoredFile.objects.count() == 0


class Wire:
    """A body of so many bytes that counts what is read of it."""

    def __init__(self, head: bytes, length: int, tail: bytes) -> None:
        self.left, self.taken, self.head, self.tail = length, 0, head, tail

    def __len__(self) -> int:
        return len(self.head) + self.left + len(self.tail)

    def read(self, size: int = -1) -> bytes:
        if self.head:
            piece, self.head = self.head, b""
        elif self.left:
            piece = b"a" * min(size if size > 0 else self.left, self.left, 65_536)
            self.left -= len(piece)
        else:
            piece, self.tail = self.tail, b""
        self.taken += len(piece)
        return piece

    readline = read


def post_body(browser: Browser, path: str, network: str, length: int) -> tuple[int, int]:
    """The status, and how many bytes were read, of a form with one file of this length."""
    head = (
        f'--X\r\nContent-Disposition: form-data; name="network"\r\n\r\n{network}\r\n--X\r\n'
        'Content-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n'
    ).encode()
    wire = Wire(head, length, b"\r\n--X--\r\n")
    extra = {"wsgi.input": wire, "CONTENT_TYPE": "multipart/form-data; boundary=X", "CONTENT_LENGTH": str(len(wire))}
    answer = browser.generic("POST", path, b"", **extra)  # type: ignore[arg-type]
    return answer.status_code, wire.taken


def test_what_is_too_long_is_refused_before_it_is_read(browser: Browser, member: Membership) -> None:
    browser.as_user(member.user)
    slug = member.network.slug
    assert post_body(browser, "/fichiers/", slug, 40_000_000) == (413, 0)
    assert post_body(browser, "/fichiers/", slug, 400_000_000) == (413, 0)
    # Where no file is taken, nor from a stranger, nothing beyond a form's own bound is read.
    assert post_body(browser, "/langue/", slug, 3_000_000) == (413, 0)
    assert post_body(Browser(), "/fichiers/", slug, 3_000_000) == (302, 0)
    assert post_body(browser, "/langue/", slug, 1_500_000)[0] == 413


def test_a_file_over_its_bound_within_a_form_under_it_stops_there(browser: Browser, member: Membership) -> None:
    status, taken = post_body(browser.as_user(member.user), "/fichiers/", member.network.slug, 26_500_000)
    assert (status, taken < 25_300_000, StoredFile.objects.count()) == (413, True, 0)
    status, taken = post_body(browser, "/fichiers/", member.network.slug, 20_000_000)
    assert (status, taken > 20_000_000, StoredFile.objects.get().size_bytes) == (201, True, 20_000_000)


def test_nothing_of_a_file_is_left_in_the_temporary_folder(
    browser: Browser, member: Membership, tmp_path: Path, settings: object
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)  # type: ignore[attr-defined]
    browser.as_user(member.user).post("/fichiers/", {"network": member.network.slug, "file": sent()})
    browser.post("/fichiers/", {"network": member.network.slug, "file": sent("a.svg", SVG)})
    post_body(browser, "/fichiers/", member.network.slug, 26_500_000)
    assert (list(tmp_path.iterdir()), StoredFile.objects.count()) == ([], 1)


def test_a_document_is_sent_to_be_kept_and_an_image_to_be_seen(browser: Browser, member: Membership) -> None:
    document = make_file(member.user, member.network, "Été 2026.txt")
    image = make_image(member.user, member.network)
    browser.as_user(member.user)
    for stored, disposition, type_ in (
        (document, f"attachment; filename*=utf-8''{quote('Été 2026.txt')}", "text/plain"),
        (image, 'inline; filename="plan.png"', "image/png"),
    ):
        answer = browser.get(stored.get_absolute_url())
        names = ("Content-Disposition", "Content-Type", "Content-Length", "X-Content-Type-Options", "Cache-Control")
        assert [answer.headers[name] for name in names] == [
            disposition, type_, str(stored.size_bytes), "nosniff", "private, no-cache",
        ]  # fmt: skip
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
        assert len(b"".join(answer)) == stored.size_bytes
        again = browser.get(stored.get_absolute_url(), headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_a_browser_that_keeps_another_version_gets_the_file(browser: Browser, member: Membership) -> None:
    address = make_file(member.user, member.network).get_absolute_url()
    browser.as_user(member.user)
    first = browser.get(address)
    etag, content = first.headers["ETag"], b"".join(first)
    for known, sent in ((f'"other", W/{etag}', b""), ("*", b""), (f'{etag[:-1]}-small"', content), ("other", content)):
        answer = browser.get(address, headers={"If-None-Match": known})
        assert (known, b"".join(answer), answer.headers["ETag"]) == (known, sent, etag)


def test_rights_are_judged_each_time(browser: Browser, member: Membership) -> None:
    other = make_member(member.network)
    stored = make_file(member.user, member.network)
    address = stored.get_absolute_url()
    browser.as_user(other.user)
    seen = [browser.get(address).status_code]
    attach_files(ids=[stored.pk], owner=member.user, circle=circle_of(member))
    first = browser.get(address)
    seen.append(first.status_code)
    assert b"".join(first) == b"Douze euros."
    withdraw_files(ids=[stored.pk])
    # Not even « nothing has changed » for who may not have it any more.
    seen.append(browser.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code)
    seen.append(Browser().as_user(member.user).get(address).status_code)
    assert seen == [404, 200, 404, 404]


def test_a_visitor_is_led_to_sign_in(browser: Browser, member: Membership) -> None:
    stored = make_file(member.user, member.network)
    assert browser.get(stored.get_absolute_url()).headers["Location"].startswith("/compte/login/?next=/fichiers/")
    assert browser.get("/fichiers/999999/x").status_code == 302


def test_a_document_has_no_thumbnail(browser: Browser, member: Membership) -> None:
    stored = make_file(member.user, member.network)
    assert browser.as_user(member.user).get(thumbnail_url(stored.pk, stored.name)).status_code == 404


def test_a_download_under_way_ends_though_the_file_is_withdrawn_and_purged(
    browser: Browser, member: Membership
) -> None:
    stored = make_file(member.user, member.network, content=b"a" * 3_000_000)
    attach_files(ids=[stored.pk], owner=member.user, circle=circle_of(member))
    answer = browser.as_user(member.user).get(stored.get_absolute_url())
    pieces = iter(answer)
    got = len(next(pieces))
    withdraw_files(ids=[stored.pk])
    StoredFile.objects.update(withdrawn_at=timezone.now() - timedelta(days=31))
    assert purge_files() == 1
    assert got + sum(len(piece) for piece in pieces) == 3_000_000
    assert (StoredFile.objects.count(), file_storage().exists(stored.blob)) == (0, False)
    assert browser.get(stored.get_absolute_url()).status_code == 404


def test_a_file_whose_bytes_are_lost_is_absent(browser: Browser, member: Membership) -> None:
    stored = make_file(member.user, member.network)
    file_storage().delete(stored.blob)
    assert browser.as_user(member.user).get(stored.get_absolute_url()).status_code == 404


def test_addresses_are_those_of_the_table(member: Membership) -> None:
    name = "Été [1] 50%25.txt"
    assert file_url(7, name) == reverse("files:file", args=[7, name]).replace("[", "%5B").replace("]", "%5D")
    assert thumbnail_url(7, "a b.png") == reverse("files:thumbnail", args=[7, "a b.png"])
    assert reverse("files:upload") == "/fichiers/"


def test_nothing_of_the_name_is_on_the_disk(member: Membership) -> None:
    stored = make_image(member.user, member.network, "secret.png")
    for blob in (stored.blob, stored.thumbnail):
        path = Path(file_storage().path(blob))
        assert (path.name.isalnum(), len(path.name), path.stat().st_mode & 0o777) == (True, 32, 0o600)


def test_log_lines_hold_no_name(browser: Browser, member: Membership, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    stored = make_file(member.user, member.network, "zqsecretzq.txt")
    browser.as_user(member.user).get(stored.get_absolute_url()).getvalue()
    browser.post("/fichiers/", {"network": member.network.slug, "file": sent("zqsecretzq.svg", SVG)})
    assert ("zqsecretzq" in caplog.text, "request" in caplog.text) == (False, True)


def test_a_text_shows_its_files_in_one_query(member: Membership, django_assert_num_queries: object) -> None:
    for count in (1, 3):
        ids = [make_image(member.user, member.network).pk for _number in range(count)]
        circle = circle_of(member)
        with django_assert_num_queries(1):  # type: ignore[operator]
            assert len(queries.files_to_write(ids, owner=member.user, circle=circle)) == count
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert queries.files_to_write([], owner=member.user, circle=circle) == {}
