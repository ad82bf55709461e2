"""A plain text cut into clauses; what is quoted is taken out of them first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lms.domain.evidence.patterns import Pattern, either

HOLE = "\u25a1"  # stands for each character that was taken out, so that offsets stay
LONGEST = 160  # characters; a longer stretch without punctuation is cut

_PAIRS = Pattern(
    "‹[^‹]{1,200}?'", "“[^“”]{1,400}”", '"[^"]{1,400}"', r"(?:^|[ ,:(])'[a-z][^'\"]{2,400}'", "《[^《》]{1,60}》"
)
# Somebody's words or a rule's follow or have just been named.
_ATTRIBUTED = Pattern(
    either("说", "讲", "提到", "提过", "写", "问", "称", "叫", "听", "反映", "表示", "告诉", "规定", "条款", "合同",
    "话术", "所谓", "广告", "宣传", "页面", "短信", "公告", "备注", "记录", "原话", "字眼", "关于", "类似", "诸如",
    "比如", "像", "说的", "句", "转述", "含",
    "标出", "出现", "带有", "手册", "制度", "禁语", "不用", "禁用", "避免", "收到", "看到",
    "显示", "sa(?:y|ys|id|ying)", "told", "tell", "mention", "wrote", "writ", "heard", "hear", "state", "read",
    "quote", "call", "claim", "ask", "term", "word", "phrase", "policy", "rule", "contract", "note", "advert", "ad ",
    "text", "message", "customer", "email", "website", "page", "script", "like", "use",)
)  # fmt: skip
_NAMED_AFTER = Pattern(
    "^ ?(?:这|那|的说法|的话|等|字样|一词|之类|属于|是禁|不能|不得|的字|四个字|两个字|is |are |was |isn't|"
    "in (?:the|our|your))"
)  # fmt: skip
# Where a clause ends. A point or colon between digits is part of the figure.
_BREAKS = Pattern(
    r"[,;!?。、…\n]+", r"\.+(?:[ \"'”)]|$)", r"\.{2,}", ":", r" [-–—]+ |[–—]+|--+",
    r"但是|可是|不过|然而|只不过|而是|反而|但|却", r"\b(?:but|however|although|whereas|nevertheless)\b",
)  # fmt: skip
_SENTENCE_END = set("!?。\n.…")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause from ``start`` on in the plain text, its ``sentence`` (counted from 0), and whether it ends in "?"."""

    text: str
    start: int
    sentence: int
    asks: bool


@dataclass(frozen=True, slots=True)
class Unquoted:
    """The text with holes where it quotes, and the stretches that were taken out."""

    text: str
    quoted: tuple[tuple[int, int], ...]


def unquoted(text: str) -> Unquoted:
    """Take out the words of the customer or of a rule; marks for mere emphasis, or round the whole line, are undone."""
    quoted: list[tuple[int, int]] = []
    for start, end in _PAIRS.all(text):
        if end - start >= 0.9 * len(text.strip()):
            inside = ((start + 1 + first, start + 1 + last) for first, last in _PAIRS.all(text[start + 1 : end - 1]))
            quoted += [(first, last) for first, last in inside if _is_quotation(text, first, last)]
        elif _is_quotation(text, start, end):
            quoted.append((start, end))
    characters = [HOLE if character in '“”"《》‹' else character for character in text]
    for start, end in quoted:
        characters[start:end] = HOLE * (end - start)
    return Unquoted("".join(characters), tuple(quoted))


def _is_quotation(text: str, start: int, end: int) -> bool:
    if end - start > 9:
        return True
    return _ATTRIBUTED.within(text[max(0, start - 24) : start]) or _NAMED_AFTER.within(text[end : end + 12])


def clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of ``text`` in order; together with the breaks between them they are the whole text."""
    made: list[Clause] = []
    sentence = 0
    for start, end, sign in _stretches(text):
        if text[start:end].strip():
            made.append(Clause(text[start:end], start, sentence, "?" in sign))
        sentence += bool(_SENTENCE_END & set(sign))
    return tuple(made)


def _stretches(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and closing sign of every clause; the sign is empty at the end of the text."""
    begin = 0
    for start, end in _BREAKS.all(text):
        sign = text[start:end]
        if sign == ":" and text[start - 1 : start].isdigit() and text[end : end + 1].isdigit():
            continue
        if sign == "," and text[start - 1 : start].isdigit() and text[end : end + 1].isdigit():
            continue
        yield from _cut(begin, start, sign)
        begin = end if not sign[0].isalpha() else start
    yield from _cut(begin, len(text), "")


def _cut(start: int, end: int, sign: str) -> Iterator[tuple[int, int, str]]:
    while end - start > LONGEST:
        yield start, start + LONGEST, ","
        start += LONGEST
    yield start, end, sign


def masked(text: str, neutral: Pattern) -> str:
    """``text`` with holes, of the same length, where ``neutral`` matches."""
    pieces: list[str] = []
    reached = 0
    for start, end in neutral.all(text):
        pieces += (text[reached:start], HOLE * (end - start))
        reached = end
    return "".join((*pieces, text[reached:]))


def reread(parts: Sequence[Clause], neutral: Pattern) -> Sequence[Clause]:
    """The clauses with holes where ``neutral`` matches; the very same ones where it nowhere does."""
    joined = "\n".join(part.text for part in parts)
    holed = masked(joined, neutral)
    if holed == joined:
        return parts
    return [
        Clause(text, part.start, part.sentence, part.asks) for part, text in zip(parts, holed.split("\n"), strict=True)
    ]
