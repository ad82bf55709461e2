"""Markdown from authors as safe HTML: the same renderer for the preview and for the candidate."""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS = {
    "p", "br", "strong", "em", "del", "code", "pre", "ul", "ol", "li", "blockquote", "hr",
    "table", "thead", "tbody", "tr", "th", "td", "img", "h3", "h4", "h5",
}  # fmt: skip
PICTURE = "picture:"


def _picture_address(source: str) -> str:
    """``picture:<sha256>`` → our own address; anything else is no picture (nothing is loaded from elsewhere)."""
    digest = source.removeprefix(PICTURE)
    known = source.startswith(PICTURE) and len(digest) == 64 and all(c in "0123456789abcdef" for c in digest)
    return f"/pictures/{digest}" if known else ""


def _parser() -> MarkdownIt:
    parser = MarkdownIt("js-default", {"html": False, "linkify": False, "breaks": True})
    parser.disable(["link", "autolink", "html_inline", "html_block"])
    # Allow our own scheme through the link validator; nh3 below lets no other source pass.
    parser.validateLink = lambda url: url.startswith(PICTURE)  # type: ignore[method-assign]
    return parser


_PARSER = _parser()


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        return _picture_address(value) or None
    if name == "style":  # markdown-it aligns table cells by style; the page's policy allows classes only
        return None
    return value


@lru_cache(maxsize=8192)
def prose(text: str) -> Markup:
    """``text`` (Markdown) as sanitised HTML."""
    html = _PARSER.render(text)
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes={"img": {"src", "alt", "title"}, "ol": {"start"}},
        url_schemes={"picture"},
        attribute_filter=_attribute,
        link_rel=None,
    )
    return Markup(clean)


@lru_cache(maxsize=8192)
def phrase(text: str) -> Markup:
    """One line of Markdown (an option) without its paragraph."""
    html = str(prose(text)).strip()
    inner = html.removeprefix("<p>").removesuffix("</p>")
    return Markup(inner if "<p>" not in inner else html)
