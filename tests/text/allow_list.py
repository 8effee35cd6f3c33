"""What may stand in a page, written out a second time: the tests don't take the renderer's word for it."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib

TAGS = {
    "a", "blockquote", "br", "code", "div", "em", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol", "p", "pre", "s",
    "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
VALUES = {
    ("a", "class"): "file|file file--image",
    ("a", "rel"): "nofollow noopener ugc",
    ("div", "class"): "table-scroll",
    ("div", "tabindex"): "0",
    ("img", "alt"): "(?s:.{0,40000})",
    ("img", "height"): "[1-9][0-9]{0,3}",
    ("img", "loading"): "lazy",
    ("img", "src"): "/fichiers/[1-9][0-9]*/vignette/[A-Za-z0-9._~%-]+",
    ("img", "width"): "[1-9][0-9]{0,3}",
    ("ol", "start"): "[0-9]{1,9}",
    ("pre", "tabindex"): "0",
    ("span", "class"): "mention|file__name|file__meta",
    ("span", "data-category"): "[a-z0-9-]{1,50}",
    ("span", "data-user"): "[1-9][0-9]{0,17}",
    ("td", "class"): "align-center|align-right",
    ("th", "class"): "align-center|align-right",
}
# Browsers drop these inside of an address before they read it.
_INVISIBLE_TO_BROWSERS = re.compile("[\t\n\r]")


def parse(html: str) -> Element:
    """The tree that a browser would build in a `<div>`."""
    tree: Element = html5lib.parseFragment(html, container="div", treebuilder="etree", namespaceHTMLElements=False)
    return tree


def elements(tree: Element) -> Iterator[Element]:
    """All elements under the root; a comment or a processing instruction fails."""
    for element in tree.iter():
        assert isinstance(element.tag, str), "a comment"
        if element is not tree:
            yield element


def problems(html: str) -> list[str]:
    """Everything in this HTML that is not allowed; an empty list is what we want."""
    found = []
    for element in elements(parse(html)):
        if element.tag not in TAGS:
            found.append(f"<{element.tag}>")
        found += [
            f"<{element.tag} {name}={value!r}>" for name, value in element.attrib.items() if not allowed(element, name)
        ]
        if element.tag == "a":
            found += problems_of_link(element)
        if element.tag == "img" and not {"src", "alt", "width", "height", "loading"} <= set(element.attrib):
            found.append("an image without its size or its words")
    return found


def allowed(element: Element, name: str) -> bool:
    value = element.attrib[name]
    if (element.tag, name) == ("a", "href"):
        return is_safe_address(value)
    return re.fullmatch(VALUES.get((element.tag, name), "(?!)"), value) is not None


def problems_of_link(link: Element) -> list[str]:
    found = [f"a link without {name}" for name in ("href", "rel") if name not in link.attrib]
    if any(inner.tag == "a" for inner in link.iter() if inner is not link):
        found.append("a link in a link")
    if not "".join([*link.itertext(), *(inner.get("alt", "") for inner in link.iter("img"))]).strip():
        found.append("a link without a text")
    return found


def is_safe_address(address: str) -> bool:
    if address != _INVISIBLE_TO_BROWSERS.sub("", address).strip():
        return False
    parts = urlsplit(address)
    if parts.scheme in {"http", "https"}:
        return address[len(parts.scheme) :].startswith("://") and parts.netloc != ""
    if parts.scheme == "mailto":
        return "@" in parts.path or parts.path != ""
    return parts.scheme == "" and re.match(r"/(?![/\\])", address) is not None
