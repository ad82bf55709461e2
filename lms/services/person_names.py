"""How names are sorted and found: by pinyin, as people look for them in China."""

import os
import unicodedata

# Phrases matter little for names, and their table costs 44 MiB. The dictionary itself costs 11 and is wanted only
# where a name is written, so it is imported there.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")

# Characters that are read otherwise as a surname.
SURNAMES = {
    "单": "shan4", "曾": "zeng1", "查": "zha1", "仇": "qiu2", "区": "ou1", "解": "xie4", "朴": "piao2", "盖": "ge3",
}  # fmt: skip
MOST_READINGS = 4  # of a first character


def sort_key(name: str) -> str:
    """Pinyin, so that Chinese names stand in the order in which people look for them."""
    from pypinyin import Style, lazy_pinyin

    syllables = lazy_pinyin(name, style=Style.TONE3, neutral_tone_with_five=True)
    if name[:1] in SURNAMES:
        syllables[0] = SURNAMES[name[0]]
    return " ".join(syllables).casefold()[:200]


def fold(text: str) -> str:
    """As searches compare: full-width folded, small letters, no spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def search_text(number: str, name: str) -> str:
    """What a person is found by: number, name, pinyin and initials, with every reading of the surname."""
    from pypinyin import Style, lazy_pinyin, pinyin

    words = [number, name]
    first = pinyin(name[:1], style=Style.NORMAL, heteronym=True)
    rest = lazy_pinyin(name[1:])
    initials = "".join(syllable[:1] for part in rest for syllable in part.split())
    for reading in (first[0] if first else [])[:MOST_READINGS]:
        words += [reading + "".join(rest), reading[:1] + initials]
    return "\n".join(dict.fromkeys(fold(word) for word in words))
