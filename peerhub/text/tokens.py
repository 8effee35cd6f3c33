"""Making markdown-it's tokens."""

from collections.abc import Iterator

from markdown_it.token import Token


def text_token(content: str) -> Token:
    return Token("text", "", 0, content=content)


def link_open(href: str) -> Token:
    return Token("link_open", "a", 1, attrs={"href": href})


def link_close() -> Token:
    return Token("link_close", "a", -1)


def link_tokens(href: str, text: str) -> Iterator[Token]:
    yield from (link_open(href), text_token(text), link_close())
