"""Only what is safe is kept, and nothing of what it carried beside."""

import hashlib
import io
import time

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st
from PIL import Image

from peerhub.files.enums import FileKind, FileState
from peerhub.files.errors import BadFile, FileTooBig, NoRoom
from peerhub.files.formats import DOCUMENTS, IMAGE_EXTENSIONS
from peerhub.files.models import StoredFile
from peerhub.files.names import clean_name, discreet_name, extension_of
from peerhub.files.services.storing import file_storage, store_file
from peerhub.people.models import Network, User
from tests.builders import make_member, make_network
from tests.files.corpus import BAD, GOOD, PLANTED, bomb_of_total, picture, telephone_photo

pytestmark = pytest.mark.django_db

# What Pillow tells of any file of these kinds, with or without metadata.
HARMLESS = {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression", "loop", "background"}
HARMLESS |= {"timestamp", "duration"}


@pytest.fixture
def owner() -> User:
    return make_member(make_network()).user


def network_of(owner: User) -> Network:
    return Network.objects.get(memberships__user=owner)


def store(owner: User, name: str, content: bytes, alt: str = "") -> StoredFile:
    return store_file(owner=owner, network=network_of(owner), name=name, content=io.BytesIO(content), alt=alt)


def read(blob: str) -> bytes:
    with file_storage().open(blob) as opened:
        return bytes(opened.read())


@pytest.mark.parametrize("case", GOOD)
def test_what_is_good_is_kept_and_tells_nothing_more(owner: User, case: str) -> None:
    name, content = GOOD[case]
    stored = store(owner, name, content, alt="  Un\nplan ")
    kept = read(stored.blob)
    assert (stored.state, stored.owner, stored.circle, stored.alt) == (FileState.PENDING, owner, None, "Un plan")
    assert (stored.size_bytes, stored.sha256) == (len(kept), hashlib.sha256(kept).hexdigest())
    assert name.rpartition(".")[0] in stored.name
    if stored.kind == FileKind.DOCUMENT:
        assert (kept, stored.content_type, stored.thumbnail) == (content, DOCUMENTS[extension_of(name)], "")
        return
    small = read(stored.thumbnail)
    assert [word for word in PLANTED if word in kept + small] == []
    for bytes_, size in (
        (kept, (stored.width, stored.height)),
        (small, (stored.thumbnail_width, stored.thumbnail_height)),
    ):
        with Image.open(io.BytesIO(bytes_)) as image:
            image.load()
            assert (image.size, getattr(image, "n_frames", 1)) == (size, 1)
            assert set(image.info) <= HARMLESS
            assert dict(image.getexif()) == {}


@pytest.mark.parametrize("case", BAD)
def test_what_is_bad_is_refused_with_a_sentence_and_nothing_is_kept(owner: User, case: str) -> None:
    name, content, words = BAD[case]
    began = time.process_time()
    with pytest.raises(BadFile) as refused:
        store(owner, name, content)
    assert words in str(refused.value)
    assert (StoredFile.objects.count(), time.process_time() - began < 8) == (0, True)


def test_a_sideways_photo_stands_upright(owner: User) -> None:
    stored = store(owner, "a.jpg", telephone_photo())
    assert (stored.width, stored.height, stored.content_type) == (40, 60, "image/jpeg")


@pytest.mark.parametrize(
    ("size", "kept", "small"),
    [
        ((5120, 1000), (2560, 500), (640, 125)),
        ((100, 5120), (50, 2560), (12, 640)),
        ((300, 200), (300, 200), (300, 200)),
    ],
)
def test_a_picture_has_a_bounded_side_and_a_thumbnail(
    owner: User, size: tuple[int, int], kept: tuple[int, int], small: tuple[int, int]
) -> None:
    stored = store(owner, "a.jpg", picture("JPEG", size))
    assert (stored.width, stored.height) == kept
    assert (stored.thumbnail_width, stored.thumbnail_height) == small


def test_what_is_too_heavy_is_refused_by_its_kind(owner: User, settings: object) -> None:
    settings.FILE_IMAGE_MEGABYTES = settings.FILE_DOCUMENT_MEGABYTES = 0  # type: ignore[attr-defined]
    for name, content in (("a.png", picture()), ("a.txt", b"abc"), ("a.pdf", picture())):
        with pytest.raises(
            FileTooBig, match=r"Ce fichier est trop lourd\. Images : 0 Mo au plus\. Documents : 0 Mo au plus\."
        ):
            store(owner, name, content)


def test_a_day_and_a_network_have_bounds(owner: User, settings: object) -> None:
    store(owner, "a.txt", b"a" * 600_000)
    settings.FILE_DAY_MEGABYTES = 1  # type: ignore[attr-defined]
    with pytest.raises(NoRoom, match="Vous avez envoyé 1 Mo de fichiers depuis hier"):
        store(owner, "b.txt", b"a" * 600_000)
    settings.FILE_DAY_MEGABYTES, settings.FILE_NETWORK_MEGABYTES = 10, 1  # type: ignore[attr-defined]
    with pytest.raises(NoRoom, match="L’espace de fichiers de ce réseau est plein"):
        store(owner, "b.txt", b"a" * 600_000)
    assert store(owner, "b.txt", b"a" * 300_000).size_bytes == 300_000


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Délibération n° 12 – été.PDF", "Délibération n° 12 – été.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\Awa\\budget.pdf", "budget.pdf"),
        ("facture\u202efdp.exe.pdf", "facturefdp-exe.pdf"),
        ("facture.exe.pdf", "facture-exe.pdf"),
        ("v1.2.3 finale.pdf", "v1.2.3 finale.pdf"),
        ("a\x00b\x1fc\u200bd.pdf", "abcd.pdf"),
        ("  .pdf", "fichier.pdf"),
        (".pdf", "fichier.pdf"),
        ("con.pdf", "fichier.pdf"),
        ('a<b>"c|d?.pdf', "a-b-c-d.pdf"),
        ("re\u0301union.pdf", "réunion.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("[a](b)`c`.pdf", "a-(b)-c.pdf"),
        ("😀.pdf", "😀.pdf"),
    ],
)
def test_names_stay_readable_and_mislead_nobody(given: str, kept: str) -> None:
    assert clean_name(given, "pdf") == kept
    assert clean_name(kept, "pdf") == kept
    assert discreet_name(kept) == "fichier.pdf"


@given(st.text(max_size=300))
def test_any_name_becomes_one_that_can_stand_in_an_address(name: str) -> None:
    cleaned = clean_name(name, "pdf")
    assert 5 <= len(cleaned) <= 120
    assert cleaned.endswith(".pdf")
    assert not set(cleaned) & set("/\\<>\"'`[]\n\r\t\0\u202e") - {"'"}
    assert clean_name(cleaned, "pdf") == cleaned


signatures = (
    b"",
    b"\xff\xd8\xff\xe0",
    b"\x89PNG\r\n\x1a\n",
    b"GIF89a",
    b"RIFF\x20\0\0\0WEBPVP8 ",
    b"\0\0\0\x1cftypavif",
    b"%PDF-1.7\n",
    b"PK\x03\x04",
)
halves = [content[: len(content) // 2] for _name, content in GOOD.values() if len(content) < 4000]
heads = st.sampled_from([*signatures, *halves])


@given(
    st.sampled_from([*IMAGE_EXTENSIONS, *DOCUMENTS, "svg", ""]), heads, st.binary(max_size=400), st.binary(max_size=40)
)
@profile(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_refused_or_safe(owner: User, extension: str, head: bytes, body: bytes, tail: bytes) -> None:
    try:
        stored = store(owner, f"a.{extension}", head + body + tail)
    except BadFile:
        return
    assert stored.content_type in {*DOCUMENTS.values(), "image/jpeg", "image/png", "image/webp"}


@given(st.sampled_from(list(GOOD)), st.data())
@profile(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_damage_is_refused_or_safe(owner: User, case: str, data: st.DataObject) -> None:
    """Good files with a few bytes changed reach deeper into the decoders than noise does."""
    name, content = GOOD[case]
    damaged = bytearray(content)
    for _time in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        stored = store(owner, name, bytes(damaged))
    except BadFile:
        return
    assert stored.content_type in {*DOCUMENTS.values(), "image/jpeg", "image/png", "image/webp"}


def test_the_corpus_reaches_what_it_means_to() -> None:
    """A bomb that is refused for being heavy would prove nothing."""
    assert max(len(content) for _name, content, _words in BAD.values()) < 10_000_000
    assert len(bomb_of_total()) < 1_500_000
