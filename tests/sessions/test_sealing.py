"""The chain of seals: any change of a byte is seen, and several at once chain properly."""

import hashlib
import json
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.enums import ConclusionState
from sessions.models import Conclusion, Seal
from sessions.services import conclusions
from sessions.services.sealing import (
    Flaw,
    Link,
    What,
    canonical,
    canonical_of,
    flaws_of_links,
    link_hash,
    verify_chain,
)
from tests.concurrency import at_once
from tests.sessions.conclusions import make_day, propose, seal

AT = datetime(2026, 11, 26, 14, tzinfo=UTC)
# What a careless comparison would pass over: spaces, ends of lines, what joins or has no width, another case.
SLIGHT = " \t\n\r\u00a0\u200b\u0301\ufeffeEéÉ"
bodies = st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=40), min_size=1, max_size=5)


def chain(texts: list[str]) -> list[Link]:
    links: list[Link] = []
    previous = ""
    for number, body in enumerate(texts, 1):
        salt, uid, at = f"{number:064x}", f"uid-{number}", AT + timedelta(seconds=number)
        content = hashlib.sha256(canonical(session_uid=uid, version=1, body=body, salt=salt)).hexdigest()
        own = link_hash(previous_hash=previous, content_hash=content, sealed_at=at)
        links.append(Link(number, number, previous, content, own, salt, at, uid, 1, body, at, ConclusionState.SEALED))
        previous = own
    return links


def changed(text: str, data: st.DataObject) -> str:
    """One character replaced, taken away or added."""
    place = data.draw(st.integers(0, max(len(text) - 1, 0)))
    act = data.draw(st.sampled_from(["replace", "remove", "add"] if text else ["add"]))
    other = data.draw(st.sampled_from(SLIGHT) | st.characters(codec="utf-8"))
    if act == "add":
        return text[:place] + other + text[place:]
    rest = text[place + 1 :]
    return text[:place] + rest if act == "remove" else text[:place] + other + rest


def test_the_canonical_form_is_the_documented_one() -> None:
    written = canonical(session_uid="u", version=3, body="Été\n« là »", salt="ab")
    assert written == '{"body":"Été\\n« là »","salt":"ab","session":"u","version":3}'.encode()
    assert json.loads(written) == {"body": "Été\n« là »", "salt": "ab", "session": "u", "version": 3}


@given(bodies)
@settings(max_examples=40, deadline=None)
def test_an_untouched_chain_has_no_flaw(texts: list[str]) -> None:
    assert list(flaws_of_links(chain(texts))) == []


@given(bodies, st.data())
@settings(max_examples=120, deadline=None)
def test_any_change_of_a_text_or_a_link_is_seen(texts: list[str], data: st.DataObject) -> None:
    links = chain(texts)
    place = data.draw(st.integers(0, len(links) - 1))
    name = data.draw(
        st.sampled_from(["body", "salt", "session_uid", "previous_hash", "content_hash", "chain_hash", "version"])
        | st.sampled_from(["sealed_at", "number", "says_sealed_at"])
    )
    was: Any = getattr(links[place], name)
    value: Any
    if isinstance(was, str):
        value = changed(was, data)
    elif isinstance(was, int):
        value = was + data.draw(st.integers(-3, 3))
    else:
        value = was + timedelta(microseconds=data.draw(st.integers(-5, 5)))
    links[place] = replace(links[place], **{name: value})
    assert bool(list(flaws_of_links(links))) == (value != was)


@pytest.mark.parametrize("text", ["Été\n« là », e\u0301crit ", "\u00c9tat"])
def test_no_character_is_too_slight_to_be_seen(text: str) -> None:
    """Wherever it is put, and whichever is taken away."""
    (link,) = chain([text])
    others = {text[:place] + one + text[place:] for place in range(len(text) + 1) for one in SLIGHT}
    others |= {text[:place] + text[place + 1 :] for place in range(len(text))}
    others |= {text.strip(), text.casefold(), unicodedata.normalize("NFD", text), unicodedata.normalize("NFC", text)}
    unseen = [one for one in others - {text} if not list(flaws_of_links([replace(link, body=one)]))]
    assert unseen == []


@given(bodies.filter(lambda texts: len(texts) > 1), st.data())
@settings(max_examples=40, deadline=None)
def test_a_link_taken_out_or_exchanged_is_seen(texts: list[str], data: st.DataObject) -> None:
    links = chain(texts)
    # The end cut off is the one thing that the chain alone cannot tell.
    out = data.draw(st.integers(0, len(links) - 2))
    assert list(flaws_of_links(links[:out] + links[out + 1 :])) != []
    links[out], links[out + 1] = links[out + 1], links[out]
    assert list(flaws_of_links(links)) != []


@pytest.mark.django_db
def test_the_database_refuses_to_touch_a_seal() -> None:
    day = make_day(("elected",))
    sealed = seal(day)
    with pytest.raises(IntegrityError), transaction.atomic():
        Seal.objects.filter(conclusion=sealed).update(salt="x" * 64)
    with pytest.raises(IntegrityError), transaction.atomic():
        Seal.objects.filter(conclusion=sealed).delete()
    assert verify_chain() == []


@pytest.mark.django_db
def test_verifying_sees_what_was_changed_behind_the_platform() -> None:
    day = make_day(("elected", "agent"))
    first, second = seal(day, "elected"), seal(day, "agent")
    digest = hashlib.sha256(canonical_of(first)).hexdigest()
    assert digest == first.seal.content_hash
    assert second.seal.previous_hash == first.seal.chain_hash
    Conclusion.objects.filter(pk=first.pk).update(body="Nous demandons **du temps** .")
    assert verify_chain() == [Flaw(1, first.pk, What.CONTENT)]
    Conclusion.objects.filter(pk=first.pk).update(body=first.body, version=first.version + 1)
    assert verify_chain() == [Flaw(1, first.pk, What.CONTENT)]
    Conclusion.objects.filter(pk=first.pk).update(version=first.version)
    assert verify_chain() == []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no trigger fires
        cursor.execute("DELETE FROM peer_sessions_seal WHERE number = 1")
    assert verify_chain() == [
        Flaw(2, second.pk, What.ORDER),
        Flaw(2, second.pk, What.PREVIOUS),
        Flaw(0, first.pk, What.UNSEALED),
    ]
    out = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("verify_seals", stdout=out)
    assert end.value.code == 1
    assert f"link 2, conclusion {second.pk}: order" in out.getvalue()


@pytest.mark.django_db
def test_the_command_says_where_the_chain_ends() -> None:
    sealed = seal(make_day(("elected",)))
    out = StringIO()
    call_command("verify_seals", stdout=out)
    assert out.getvalue() == f"1 links, the last one {sealed.seal.chain_hash}\n"


@pytest.mark.django_db(transaction=True)
def test_seals_put_at_once_chain_properly() -> None:
    categories = ("elected", "agent", "association", "business", "research")
    day = make_day(categories, people=1)
    for category in categories:
        propose(day, category)

    def close(number: int) -> None:
        category = categories[number]
        conclusions.seal(actor=day.people[category][0], session=day.groups[category], version=1)

    at_once(len(categories), close)
    assert list(Seal.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    assert verify_chain() == []
