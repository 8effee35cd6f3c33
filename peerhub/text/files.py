"""What a text must know of a file to show it. Whose it is, and who may open it, is judged elsewhere."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from peerhub.text.plain import visible
from peerhub.text.tokens import text_token

# As peerhub/files/urls.py writes them; the number says which, the rest is for the reader of the address.
_ADDRESS = re.compile(r"/fichiers/([1-9][0-9]{0,17})/[^/?#\s]+")
_IN_SOURCE = re.compile(r"\]\(\s*<?/fichiers/([1-9][0-9]{0,17})/")
THUMBNAIL_ADDRESS = re.compile(r"/fichiers/[1-9][0-9]{0,17}/vignette/[^/?#\s\"<>]+")


@dataclass(frozen=True)
class ShownFile:
    """A file as a text shows it. `thumbnail_url`, `width` and `height` (of the thumbnail) are those of an image."""

    name: str
    url: str
    size_bytes: int
    thumbnail_url: str = ""
    width: int = 0
    height: int = 0

    @property
    def meta(self) -> str:
        """« PDF · 240 ko »."""
        extension = self.name.rpartition(".")[2].upper()
        return f"{extension} · {size_label(self.size_bytes)}"


def size_label(size_bytes: int) -> str:
    """« 1 ko », « 240 ko », « 1,2 Mo », « 14 Mo »: rounded to two figures or so. The same in stored texts of all
    languages, therefore in that of most readers."""
    kilos = max(1, round(size_bytes / 1000))
    if kilos < 1000:
        return f"{kilos}\N{NO-BREAK SPACE}ko"
    megas = size_bytes / 1_000_000
    digits = f"{megas:.1f}".replace(".", ",").removesuffix(",0") if megas < 10 else f"{megas:.0f}"
    return f"{digits}\N{NO-BREAK SPACE}Mo"


def file_id(address: str) -> int | None:
    """The number of the file that an address of ours shows, or None."""
    match = _ADDRESS.fullmatch(address)
    return int(match[1]) if match else None


def file_ids(source: str) -> tuple[int, ...]:
    """The ids that a source may show, to look them up before `render`; those in code count too."""
    return tuple(dict.fromkeys(_found(source)))


def _found(source: str) -> Iterator[int]:
    for match in _IN_SOURCE.finditer(source):
        yield int(match[1])


def show_files(children: Sequence[Token], files: Mapping[int, ShownFile]) -> Iterator[Token]:
    """The inline tokens, each image and link of a file of ours made one `file` token, or the words that stand for it
    when the text may not show it. An image inside of a link is its words: a link holds no other."""
    rest = iter(children)
    depth = 0
    for token in rest:
        depth += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type == "image" and (pk := file_id(str(token.attrs.get("src", "")))):
            yield _image(files.get(pk) if depth == 0 else None, _words(token))
        elif token.type == "link_open" and depth == 1 and (pk := file_id(str(token.attrs.get("href", "")))):
            label = "".join(_until_close(rest))
            depth = 0
            yield _document(files.get(pk), label)
        else:
            yield token


def _until_close(rest: Iterable[Token]) -> Iterator[str]:
    """The words up to the end of the link; links do not nest in what the parser gives, but it is not for us to bet."""
    depth = 1
    for token in rest:
        depth += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if depth == 0:
            return
        yield " " if token.type in {"softbreak", "hardbreak"} else token.content


def _words(image: Token) -> str:
    """What stands between the brackets, without its marks."""
    return "".join(
        _words(child) if child.children else " " if child.type.endswith("break") else child.content
        for child in image.children or ()
    )


def _image(file: ShownFile | None, alt: str) -> Token:
    alt = " ".join(alt.split()) if visible(alt) else ""
    if file is None:
        return text_token(alt)
    if not file.thumbnail_url:
        return _document(file, alt)
    words = " ".join(part for part in (alt, f"({file.name})") if part)
    return Token("file", "", 0, content=words, meta={"file": file, "alt": alt})


def _document(file: ShownFile | None, label: str) -> Token:
    label = " ".join(label.split()) if visible(label) else ""
    if file is None:
        return text_token(label)
    label = label or file.name
    words = label if file.name in label else f"{label} ({file.name})"
    return Token("file", "", 0, content=words, meta={"file": file, "label": label})


def render_file(self: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
    """An image in a link to its whole self (on its own when it is decorative: a link must say where it leads); a
    document with its kind and size."""
    meta = tokens[idx].meta
    file: ShownFile = meta["file"]
    href = escapeHtml(file.url)
    if "label" in meta:
        name, kind = escapeHtml(meta["label"]), escapeHtml(file.meta)
        return (
            f'<a class="file" href="{href}"><span class="file__name">{name}</span> '
            f'<span class="file__meta">{kind}</span></a>'
        )
    alt = escapeHtml(meta["alt"])
    image = (
        f'<img src="{escapeHtml(file.thumbnail_url)}" alt="{alt}" width="{file.width}" height="{file.height}"'
        ' loading="lazy">'
    )
    return f'<a class="file file--image" href="{href}">{image}</a>' if alt else image
