"""What changed between two texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forums.difference import Piece, difference, difference_html

TEXTS = st.text(alphabet="ab é.\n'", max_size=60)


@given(TEXTS, TEXTS)
def test_the_pieces_are_both_texts(before: str, after: str) -> None:
    pieces = difference(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == after


@given(TEXTS)
def test_nothing_changed_is_one_piece_at_most(text: str) -> None:
    assert difference(text, text) == ([Piece("same", text)] if text else [])


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("420 repas par jour", "430 repas par jour", ["-420", "+430", "= repas par jour"]),
        ("tous les jours", "chaque jour ouvré", ["-tous les jours", "+chaque jour ouvré"]),
        ("Un deux", "Un deux trois", ["=Un deux", "+ trois"]),
        ("Un\n\ndeux", "Un\n\ntrois", ["=Un\n\n", "-deux", "+trois"]),
    ],
)
def test_words_are_compared_not_letters(before: str, after: str, pieces: list[str]) -> None:
    signs = {"same": "=", "added": "+", "removed": "-"}
    assert [signs[piece.kind] + piece.text for piece in difference(before, after)] == pieces


def test_a_long_text_is_compared_by_lines() -> None:
    before = "".join(f"ligne {number} un deux trois\n" for number in range(900))
    pieces = difference(before, before.replace("ligne 450 un", "ligne 450 dix"))
    assert [(piece.kind, piece.text) for piece in pieces if piece.kind != "same"] == [
        ("removed", "ligne 450 un deux trois\n"),
        ("added", "ligne 450 dix deux trois\n"),
    ]


def test_marks_are_heard_and_nothing_acts() -> None:
    html = difference_html("<b>un</b>", "<b>deux</b>")
    assert html == (
        '&lt;b&gt;<del class="diff__del"><span class="visually-hidden"> supprimé : </span>un</del>'
        '<ins class="diff__ins"><span class="visually-hidden"> ajouté : </span>deux</ins>&lt;/b&gt;'
    )
