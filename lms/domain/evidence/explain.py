"""One line of the agent's: its labels and where they stand."""

from collections.abc import Sequence
from dataclasses import dataclass

from lms.domain.evidence import dismissals, empathies, promises
from lms.domain.evidence.clauses import Clause, Unquoted, clauses, unquoted
from lms.domain.evidence.dismissals import Dismissals
from lms.domain.evidence.empathies import Empathies
from lms.domain.evidence.patterns import Pattern
from lms.domain.evidence.personal_data import personal_data
from lms.domain.evidence.plain import PlainText, plain
from lms.domain.evidence.promises import Found, Promises
from lms.domain.evidence.values import Explained, Label, Span
from lms.domain.values import Language

MOST = 50  # spans that are shown; a longer list helps nobody


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language's rules, and what of its writing a text must have for them to be worth asking."""

    promises: Promises
    dismissals: Dismissals
    empathies: Empathies
    writing: Pattern


CHINESE = Tongue(promises.CHINESE, dismissals.CHINESE, empathies.CHINESE, Pattern("[㐀-鿿]"))
ENGLISH = Tongue(promises.ENGLISH, dismissals.ENGLISH, empathies.ENGLISH, Pattern("[a-z]{2}"))


def explain(text: str, language: Language) -> Explained:
    """What ``text`` contains. Any string will do.

    ``language`` says whose wording wins where both languages find empathy; otherwise staff mix languages, and so
    both lexicons always read the line.
    """
    said = plain(text)
    open_text = unquoted(said.text)
    parts = clauses(open_text.text)
    hits: list[Span] = []
    suspected: list[Span] = []
    tongues = _tongues(said.text, language)
    for tongue in tongues:
        for label, finder in ((Label.ABS, tongue.promises), (Label.DISM, tongue.dismissals)):
            for found in finder.find(parts):
                (suspected if found.excuse else hits).append(_span(said, label, found))
    hits += [_span(said, Label.PII, Found(*place)) for place in personal_data(said.text)]
    suspected += _in_quotations(said, open_text)
    hits += _empathy(said, open_text.text, parts, tongues, hits)
    kept = _kept(hits)
    labels = tuple(label for label in Label if any(span.label is label for span in kept))
    return Explained(labels, kept, _kept(suspected))


def _tongues(text: str, language: Language) -> list[Tongue]:
    order = (CHINESE, ENGLISH) if language is Language.ZH else (ENGLISH, CHINESE)
    return [tongue for tongue in order if tongue.writing.within(text)]


def _empathy(
    said: PlainText, text: str, parts: tuple[Clause, ...], tongues: Sequence[Tongue], hits: Sequence[Span]
) -> list[Span]:
    """The line's empathy, specific before formula; words that are part of a fault are no formula."""
    found = [one for tongue in tongues if (one := tongue.empathies.find(text, parts))]
    for one in found:
        if one.rule != "empathy.formula":
            return [_span(said, Label.EMP, one)]
    formulas = [_span(said, Label.EMP0, one) for one in found[:1]]
    return [one for one in formulas if not any(hit.start < one.end and one.start < hit.end for hit in hits)]


def _in_quotations(said: PlainText, open_text: Unquoted) -> list[Span]:
    """Forbidden wording inside a quotation: for a person to judge (rulebook 1.9)."""
    spans = []
    for start, end in open_text.quoted[:MOST]:
        for finder in (promises.CHINESE, promises.ENGLISH):
            if place := finder.any.first(said.text[start:end]):
                spans.append(_span(said, Label.ABS, Found(start + place[0], start + place[1], "promise.quoted")))
    return spans


def _span(said: PlainText, label: Label, found: Found) -> Span:
    start, end = said.original(found.start, found.end)
    return Span(label, start, end, found.rule)


def _kept(spans: list[Span]) -> tuple[Span, ...]:
    """In reading order, the longer first, without those that overlap one of the same label."""
    kept: list[Span] = []
    reached = dict.fromkeys(Label, -1)
    for span in sorted(spans, key=lambda span: (span.start, -span.end, span.label)):
        if span.start >= reached[span.label]:
            kept.append(span)
            reached[span.label] = span.end
    return tuple(kept[:MOST])
