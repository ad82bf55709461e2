"""Scenarios: what is heard, what a file may say, and every flaw that keeps a script from being played."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from lms.domain.linear_patterns import PatternRefused
from lms.domain.scenarios import Scenario, complete, flaws
from lms.domain.scenarios.conditions import Condition
from lms.domain.scenarios.hearing import compiled, plain, sentences
from lms.domain.scenarios.intents import Patterns
from tests.domain.small_scenario import SHARED, both, data, intent, line, small


def test_what_is_heard_is_half_width_small_and_without_unseen_characters() -> None:
    assert plain("ＡＢＣ　１２３，好\u200b的！") == "abc 123,好的!"


def test_sentences_stand_in_rows_and_figures_stay_whole() -> None:
    assert sentences("您好。 减免8.00元！好吗?") == "您好。\n减免8.00元!\n好吗?"
    assert sentences("It is 8.00. Really? Yes") == "it is 8.00.\nreally?\nyes"


def test_quoting_the_customer_is_not_saying_it() -> None:
    assert "保证" not in sentences("您刚才说“你们保证过”，我来核实")
    assert sentences('"the whole line in quotes"') == "the whole line in quotes"


@pytest.mark.parametrize("pattern", ["(?=a)b", "(?<!不)保证", r"(a)\1", "(", "a{5000}"])
def test_patterns_that_could_blow_up_are_refused(pattern: str) -> None:
    with pytest.raises(PatternRefused):
        compiled(pattern)


def test_any_and_none_look_at_one_sentence_all_at_everything_said() -> None:
    patterns = Patterns(any=("sorry",), all=("phone",), none=("not",))
    assert patterns.match(sentences("I am sorry. Your phone is off."))
    assert patterns.match(sentences("I do not see it. Sorry about the phone."))
    assert not patterns.match(sentences("I am not sorry about the phone."))
    assert not patterns.match(sentences("I am sorry."))


def test_a_later_match_counts_where_the_first_is_taken_back() -> None:
    patterns = Patterns(any=("sorry",), all=(), none=("not",))
    assert patterns.match(sentences("I am not sorry! Well, sorry."))


def test_a_condition_has_exactly_one_key() -> None:
    for keys in ({}, {"calm": 3, "upset": 2}):
        with pytest.raises(ValidationError, match="exactly one key"):
            Condition.model_validate(keys)


def test_unknown_keys_are_refused() -> None:
    with pytest.raises(ValidationError, match="extra_forbidden"):
        Scenario.model_validate({**data(), "colour": "red"})


def test_the_small_scenario_has_no_flaws() -> None:
    assert flaws(small(), SHARED) == []


def test_shared_criteria_stand_first_and_last_and_shared_intents_are_there() -> None:
    whole = complete(small(), SHARED)
    assert [criterion.id for criterion in whole.rubric.own] == ["start", "a", "b", "c", "d", "finish"]
    assert "greets" in whole.intents
    assert whole.rubric.own[0].anchors.at(5).en == "level 5 one"
    assert whole.rubric.own[0].anchors.at(1).en == "level 1 one"


def test_the_hash_follows_the_content() -> None:
    other = data()
    other["beats"][0]["say"][0]["zh"] = "别的话"
    assert small().sha256 == small().sha256
    assert Scenario.model_validate(other).sha256 != small().sha256


def set_(*path: str | int, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(whole: dict[str, Any]) -> None:
        node: Any = whole
        for step in path[:-1]:
            node = node[step]
        node[path[-1]] = to

    return change


WRONG = {
    "an intent that is not there": (
        set_("beats", 0, "on", 0, "when", 0, "heard", 0, to="knd"),
        ("beats", 0, "on", 0, "when", 0, "heard", 0), "there is no intent 'knd'",
    ),
    "a beat that is not there": (
        set_("beats", 0, "on", 0, "go", to="midle"), ("beats", 0, "on", 0, "go"), "no beat or ending 'midle'",
    ),
    "an ending that is the agent's own": (
        set_("beats", 0, "on", 0, "go", to="hung-up"), ("beats", 0, "on", 0, "go"), "no beat or ending",
    ),
    "a fact that is not there": (
        set_("beats", 1, "say", 1, "reveals", to=["secrets"]), ("beats", 1, "say", 1, "reveals", 0), "no fact",
    ),
    "a trap that is not there": (set_("tests", 0, "traps", to=["x"]), ("tests", 0, "traps", 0), "no trap 'x'"),
    "one id for two lines": (
        set_("beats", 0, "say", 1, "id", to="first-1"), ("beats", 0, "say", 1, "id"), "is there already",
    ),
    "an intent that nobody uses": (set_("intents", "idle", to=intent("idle")), ("intents", "idle"), "used nowhere"),
    "an intent that is shared": (set_("intents", "greets", to=intent("x")), ("intents", "greets"), "shared intent"),
    "five criteria": (set_("rubric", "opening", to=None), ("rubric",), "5 criteria"),
    "a shared criterion that is not there": (
        set_("rubric", "closing", to="begin"), ("rubric", "closing"), "no shared criterion",
    ),
    "an else without end": (
        set_("beats", 1, "else", "go", to="first"), ("beats", 0, "else", "go"), "goes round without end",
    ),
    "no way to a good end": (set_("beats", 1, "on", to=[]), ("beats",), "no beat leads to resolved"),
    "a start out of bounds": (set_("emotion", "start", to=0), ("emotion", "start"), "outside 1 to 10"),
    "too little that calms": (
        set_("emotion", "triggers", 0, "delta", to=-1), ("emotion", "triggers"), "leave 4, a good end needs 3",
    ),
    "a fact given away": (
        set_("beats", 0, "say", 0, "en", to="My cat is ill"), ("beats", 0, "say", 0, "en"), "gives away secret",
    ),
    "a fact announced and not told": (
        set_("beats", 1, "say", 1, "zh", to="没有"), ("beats", 1, "say", 1, "zh"), "none of its words in zh",
    ),
    "a fact never revealed": (
        set_("beats", 1, "say", to=[line("middle-1")]), ("facts", 0, "id"), "no line reveals this fact",
    ),
    "a fact that cannot be said": (set_("facts", 0, "reveal", to=[]), ("facts", 0, "reveal"), "never say it"),
    "a record known without being told": (
        set_("facts", 1, "reveal", to=[{"visited": ["middle"]}]), ("facts", 1, "reveal"), "only from the agent",
    ),
    "nothing to say while a fact is closed": (
        set_("beats", 1, "say", to=[line("m", "secret", words="cat")]), ("beats", 1, "say"), "gives away a fact",
    ),
    "a yes that is not heard": (
        set_("intents", "kind", "yes", "zh", 3, to="nothing"), ("intents", "kind", "yes", "zh", 3), "is not heard as",
    ),
    "a no that is heard": (
        set_("intents", "kind", "no", "en", 2, to="so kind"), ("intents", "kind", "no", "en", 2), "is heard as kind",
    ),
    "a pattern that RE2 refuses": (
        set_("intents", "kind", "patterns", "zh", "any", to=["(?=x)"]),
        ("intents", "kind", "patterns", "zh", "any", 0), "RE2 refuses",
    ),
    "a pattern that no heard text has": (
        set_("intents", "kind", "patterns", "zh", "any", to=["Kind"]),
        ("intents", "kind", "patterns", "zh", "any", 0), "small letters",
    ),
    "a pattern that matches nothing": (
        set_("intents", "kind", "patterns", "zh", "none", to=["x*"]),
        ("intents", "kind", "patterns", "zh", "none", 0), "matches nothing at all",
    ),
    "too few examples": (
        set_("intents", "kind", "yes", "zh", to=["kind 1"] * 8), ("intents", "kind", "yes", "zh"), "1 different",
    ),
    "no test of silence": (set_("tests", 5, "ends", to="resolved"), ("tests",), "no test in en comes to a silent end"),
    "level 3 whose need never shows": (set_("level", "shows", to=[]), ("level", "shows"), "need for a hand-over"),
    "nobody in the CRM": (set_("record", to=None), ("record",), "there is no record"),
    "a fact that nothing in the CRM tells": (
        set_("record", "line", "tells", to=[]), ("facts", 1, "id"), "nothing in the record tells it",
    ),
    "a record that tells what is not there": (
        set_("record", "notes", 0, "tells", to=["hiden"]), ("record", "notes", 0, "tells", 0), "no fact 'hiden'",
    ),
    "a secret that stands in the CRM": (
        set_("record", "notes", 0, "text", "en", to="Her cat is ill"),
        ("record", "notes", 0, "text", "en"), "gives away secret",
    ),
    "a clock at level 2": (set_("level", "of", to=2), ("level",), "only level 3"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_flaw_is_found_where_it_stands(name: str) -> None:
    change, place, what = WRONG[name]
    whole = data()
    change(whole)
    found = flaws(Scenario.model_validate(whole), SHARED)
    assert any(flaw.place == place and what in flaw.what and flaw.mend for flaw in found), found


def test_a_beat_that_nothing_leads_to() -> None:
    whole = data()
    whole["beats"].append({**whole["beats"][0], "id": "island", "say": [line("i")], "on": [], "acts": both("x")})
    whole["beats"][2]["else"] = {**whole["beats"][2]["else"], "say": [line("i-else")]}
    found = flaws(Scenario.model_validate(whole), SHARED)
    assert [(flaw.place, flaw.what) for flaw in found] == [(("beats", 2, "id"), "nothing leads to this beat")]
