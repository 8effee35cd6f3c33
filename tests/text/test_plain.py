import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerhub.text.plain import excerpt, tidy, visible


@pytest.mark.parametrize(
    ("plain", "short"),
    [
        ("", ""),
        ("un deux", "un deux"),
        ("un\n\ndeux  trois", "un deux trois"),
        ("un deux trois, quatre", "un deux trois…"),
        ("a" * 50, "a" * 20 + "…"),
        ("aaaaaaaaaa bbbbbbbbbb cc", "aaaaaaaaaa…"),
        ("aaaaaaaaaa bbbbbbbbb cc", "aaaaaaaaaa bbbbbbbbb…"),
    ],
)
def test_excerpt(plain: str, short: str) -> None:
    assert excerpt(plain, words=3, characters=20) == short


@given(st.text(max_size=200), st.integers(1, 10), st.integers(1, 40))
def test_excerpt_is_one_short_line_of_the_beginning(plain: str, words: int, characters: int) -> None:
    short = excerpt(plain, words, characters)
    assert len(short) <= characters + 1
    assert len(short.split()) <= words
    assert "\n" not in short
    line = " ".join(plain.split())
    assert short == line or (short.endswith("…") and line.startswith(short[:-1]))


@given(st.text(alphabet="ab \t\n", max_size=60))
def test_tidy_is_stable_and_keeps_the_words(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)
    assert tidy(text).split() == text.split()
    assert "\n\n\n" not in tidy(text)


def test_visible() -> None:
    assert [visible(text) for text in ("a", " . ", "", " \n\u00a0", "\u200b\u2060\ufeff")] == [
        True,
        True,
        False,
        False,
        False,
    ]
