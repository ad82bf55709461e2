"""What authors are told: English as it stands, Chinese from one place, and no sentence without its Chinese."""

import ast
import re
from pathlib import Path

import pytest

from lms.domain.values import Language
from lms.domain.wording import CHINESE, Worded, in_language

ROOT = Path(__file__).resolve().parents[2]
CHINESE_SIGN = re.compile("[\u4e00-\u9fff]")


def sentences() -> dict[str, str]:
    """Every template that the program words → where."""
    found = {}
    for path in sorted((ROOT / "lms").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Worded":
                template = node.args[0]
                assert isinstance(template, ast.Constant), f"{path}:{node.lineno}: write the sentence out"
                found[template.value] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return found


def places(template: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)", template))


def test_every_sentence_has_its_chinese_and_nothing_is_left_over() -> None:
    written = sentences()
    missing = {template: where for template, where in written.items() if template not in CHINESE}
    assert not missing and not CHINESE.keys() - written.keys()


@pytest.mark.parametrize(("english", "chinese"), CHINESE.items(), ids=range(len(CHINESE)))
def test_the_chinese_says_the_same_values(english: str, chinese: str) -> None:
    assert places(english) == places(chinese)
    only_places = re.fullmatch(r"(%\(\w+\)[sr][,  ]*)+", english)
    assert CHINESE_SIGN.search(chinese) or only_places
    assert not re.search(r"[,;:!?]$", chinese), "full-width signs end Chinese sentences"
    assert chinese % dict.fromkeys(places(english), "x") if places(english) else True


def test_a_sentence_is_english_text_and_can_be_said_in_chinese() -> None:
    told = Worded("there is no %(kind)s %(name)r", kind=Worded("intent"), name="calm")
    assert told == "there is no intent 'calm'" and str(told) == told
    assert in_language(told, Language.EN) == told
    assert in_language(told, Language.ZH) == "没有名为“calm”的意图"


def test_what_was_never_worded_stays_as_it_is() -> None:
    assert in_language("the disk is full", Language.ZH) == "the disk is full"
    assert in_language(Worded("100 % of nothing"), Language.ZH) == "100 % of nothing"


def test_an_author_s_own_words_are_no_template() -> None:
    told = Worded("%(word)r gives away %(fact)s", word="50%(x)s 退款", fact="refund")
    assert in_language(told, Language.ZH) == "“50%(x)s 退款”说出了事实 refund"
