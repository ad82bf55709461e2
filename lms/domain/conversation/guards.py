"""What an LLM's wording must pass before a trainee sees it. A guard that could not look says not-run, never pass."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from lms.domain.scenarios.hearing import compiled, plain
from lms.domain.values import Language


class Verdict(StrEnum):
    PASS = "pass"
    FAIL = "fail"
    NOT_RUN = "not-run"


class Guard(StrEnum):
    SHAPE = "shape"  # the answer was the object that was asked for
    LENGTH = "length"  # neither a speech nor a fifth of what was to be said
    LANGUAGE = "language"
    ROLE = "role"  # speaks as the customer, not as staff, not as a machine
    FACTS = "facts"  # gives away nothing that may not be said yet
    NUMBERS = "numbers"  # names no figure that nobody has named
    TOKENS = "tokens"  # no stop tokens, stage directions or markup
    PROMPT = "prompt"  # repeats no part of its instructions


LONGEST = {Language.ZH: 120, Language.EN: 320}  # characters: a customer says one to three sentences
_NGRAM = {Language.ZH: 14, Language.EN: 48}  # characters of an instruction that are no coincidence

_STAFF = {
    Language.ZH: (
        "有什么(可以|能)?(帮|为)您|来帮您|很高兴为您服务|感谢您?(的)?来电|我是.{0,8}(客服|坐席|座席|话务)|工号|"
        "(帮|为|给)您(查询|核实|办理|登记|处理|转接|开通|取消|退)|请您?(稍等|提供)|工单(已|号)|祝您(生活|一切)|"
        "作为(一个|一名)?(人工智能|ai|语言模型|助手)|我是(一个|一名)?(人工智能|ai|语言模型)|大模型|提示词|系统指令"
    ),
    Language.EN: (
        r"how (can|may) i (help|assist)|here to (help|assist)|thank you for calling|"
        r"i('ll| will| can) (look into|check|verify|process|"
        r"transfer|raise|issue|create)( that| this| it)?( \w+)? for you|(your|a) ticket (number|has been)|agent number|"
        r"as an? (ai|language model|assistant)|i('m| am) an? (ai|language model|virtual)|system prompt|my instructions|"
        r"is there anything else (i can|you)"
    ),
}
_TOKENS = (
    r"###|<\|?/?[a-z_]|\|>|\[/?(inst|system|end)|```|^\s*[\(\[（【*].*[\)\]）】*]|"
    r"(^|\n)\s*(agent|customer|staff|客服|坐席|客户)\s*[:：]"
)
_DIGITS = r"[0-9]+(?:[.,:/-][0-9]+)*"


def guard(
    say: str,
    language: Language,
    *,
    line: str,
    unsaid: Iterable[str],
    known: Sequence[str],
    instructions: str,
) -> dict[Guard, Verdict]:
    """Every guard's verdict on ``say``.

    ``line``: the scripted line that it words; ``unsaid``: words of facts that may not be spoken of; ``known``: texts
    whose figures the customer may repeat (allowed facts, the line, what was said so far); ``instructions``: the
    system message.
    """
    text = plain(say)
    failed = {
        Guard.LENGTH: not max(1, len(line) // 5) <= len(say.strip()) <= LONGEST[language],
        Guard.LANGUAGE: not _speaks(text, language),
        Guard.ROLE: bool(compiled(_STAFF[language]).search(text)),
        Guard.FACTS: any(plain(word) in text for word in unsaid),
        Guard.NUMBERS: bool(_figures(text) - _figures(plain(" \n".join(known)))),
        Guard.TOKENS: bool(compiled(_TOKENS).search(say.casefold())),
        Guard.PROMPT: _repeats(text, plain(instructions), plain(" ".join(known)), _NGRAM[language]),
    }
    return {Guard.SHAPE: Verdict.PASS} | {
        name: Verdict.FAIL if wrong else Verdict.PASS for name, wrong in failed.items()
    }


def not_run() -> dict[Guard, Verdict]:
    """Where there was no wording to look at."""
    return dict.fromkeys(Guard, Verdict.NOT_RUN)


def _speaks(text: str, language: Language) -> bool:
    """Mostly in the language: Chinese may hold a plan's name, English no Chinese at all."""
    chinese = sum("\u3400" <= char <= "\u9fff" for char in text)
    latin = sum("a" <= char <= "z" for char in text)
    return chinese > latin if language is Language.ZH else not chinese and latin > 0


def _figures(text: str) -> set[str]:
    """Runs of three digits and more, without separators: 12.50 and 129-0001 count whole."""
    runs = (text[found.start() : found.end()] for found in compiled(_DIGITS).finditer(text))
    plain_runs = ("".join(char for char in run if char.isdigit()) for run in runs)
    return {run for run in plain_runs if len(run) >= 3}


def _repeats(text: str, instructions: str, known: str, length: int) -> bool:
    """Whether a stretch of the instructions that nobody has said comes back word for word."""
    stretches = (text[at : at + length] for at in range(len(text) - length + 1))
    return any(stretch in instructions and stretch not in known for stretch in stretches)
