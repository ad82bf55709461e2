"""Every sentence of the pages has its English, none is guessed, and placeholders are the same in both."""

import re
from io import StringIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
CJK = re.compile(r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
# Names that are Chinese in every language, as the product's own is.
ALWAYS_CHINESE = {"中文", "上岗"}


@pytest.fixture(scope="module")
def english() -> Catalog:
    with (ROOT / "translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale="en")


def written() -> dict[str, str]:
    """Sentence → where it is written, in views and templates."""
    methods, options = parse_mapping_cfg(StringIO((ROOT / "babel.cfg").read_text()))
    keywords = {"_": None, "__": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "_l": None}
    found: dict[str, str] = {}
    for name, line, message, *_ in extract_from_dir(ROOT, methods, options, keywords, directory_filter=_ours):
        for one in message if isinstance(message, tuple) else (message,):
            if one:
                found[one] = f"{name}:{line}"
    return found


def _ours(path: str) -> bool:
    return Path(path).relative_to(ROOT).parts[:1] in ((), ("lms",), ("templates",))


def test_every_sentence_has_its_english(english: Catalog) -> None:
    missing = {
        text: where for text, where in written().items()
        if not (english.get(text) and english.get(text).string)  # type: ignore[union-attr]
    }  # fmt: skip
    assert not missing, f"{len(missing)} without English: " + "; ".join(
        f"{t} ({w})" for t, w in list(missing.items())[:20]
    )


def test_no_translation_is_guessed(english: Catalog) -> None:
    assert not [message.id for message in english if message.fuzzy and message.id]


def test_the_english_is_english(english: Catalog) -> None:
    chinese = {
        message.id: message.string for message in english
        if message.id and CJK.search(str(message.string)) and str(message.string) not in ALWAYS_CHINESE
    }  # fmt: skip
    assert not chinese


def test_placeholders_are_the_same_in_both(english: Catalog) -> None:
    differing = [
        message.id for message in english
        if message.id and message.string
        and set(PLACEHOLDER.findall(str(message.id))) != set(PLACEHOLDER.findall(str(message.string)))
    ]  # fmt: skip
    assert not differing
