"""The bank's linter: each rule has a small bad file, and says file, line, key and the mend."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.content.bank import read_bank
from lms.content.problems import Problem, Severity
from lms.domain.questions import Section
from tests.content.bank_files import (
    ALL_KINDS,
    BLUEPRINT,
    HEAD,
    MULTIPLE,
    NUMERIC,
    ORDERING,
    SINGLE,
    WRITTEN,
    bank_of,
    said,
    topic,
    write,
)


def changed(question: str, old: str, new: str) -> str:
    assert old in question
    return question.replace(old, new, 1)


def line_of(text: str, words: str) -> int:
    """The line of the topic file on which ``words`` first stand."""
    return topic(text).split(words)[0].count("\n") + 1


def test_a_problem_reads_like_a_compiler_message() -> None:
    problem = Problem("business-billing.yaml", 7, "questions.BIL-001.key", "is missing", "add 'key: …'")
    assert str(problem) == "business-billing.yaml:7: questions.BIL-001.key: is missing — add 'key: …'"
    warning = Problem("a.yaml", 1, "", "the file was read as GB18030", "save it as UTF-8", Severity.WARNING)
    assert str(warning) == "a.yaml:1: warning: the file was read as GB18030 — save it as UTF-8"


def test_a_sound_bank_has_no_problems(tmp_path: Path) -> None:
    write(tmp_path, BLUEPRINT, "blueprints/quick.yaml")
    bank = bank_of(tmp_path, ALL_KINDS)
    assert said(bank) == []
    assert list(bank.questions) == ["BIL-001", "BIL-002", "BIL-003", "BIL-004", "BIL-005"]
    assert bank.topics[Section.BUSINESS, "billing"].title.zh == "计费账务"
    assert list(bank.blueprints) == ["quick"]
    assert bank.counts()["kind"] == dict.fromkeys(["single", "multiple", "numeric", "ordering", "written"], 1)
    first = bank.questions["BIL-001"]
    assert (first.file, first.line) == ((tmp_path / "business-billing.yaml").as_posix(), 5)


@pytest.mark.parametrize(
    ("question", "old", "new", "key", "what", "mend"),
    [
        (SINGLE, "stem:", "steam:", "steam", "unknown key", "did you mean 'stem'?"),
        (
            SINGLE,
            "  key: B",
            "  key: B\n  unit: {zh: 元, en: yuan}",
            "unit",
            "unknown key",
            "delete it; here stand: ",
        ),
        (SINGLE, "why: {zh: 漏一天", "wy: {zh: 漏一天", "options.A.wy", "unknown key", "did you mean 'why'?"),
        (
            SINGLE,
            "zh: 应收多少元？, en:",
            "zh: 应收多少元？, fr:",
            "stem.fr",
            "unknown key",
            "here stand: en, zh",
        ),
        (SINGLE, '  rule: "1.5 proration"\n', "", "rule", "is missing", "add 'rule: …'"),
        (
            SINGLE,
            'rule: "1.5 proration"',
            "rule: 1.50",
            "rule",
            "1.50 is not text",
            'put it in quotes: "1.50"',
        ),
        (SINGLE, 'rule: "1.5 proration"', "rule:", "rule", "is empty", "write the text"),
        (SINGLE, 'rule: "1.5 proration"', 'rule: " "', "rule", "is empty", "write the text"),
        (SINGLE, 'rule: "1.5 proration"', "rule: [a]", "rule", "one text is expected", "write a text"),
        (
            SINGLE,
            '{zh: "33.39"',
            "{zh: 33.39",
            "options.A.text.zh",
            "33.39 is not text",
            'in quotes: "33.39"',
        ),
        (
            SINGLE,
            "{zh: 漏一天, en: One day short}",
            "漏一天",
            "options.A.why",
            "a text by language",
            "write {zh: …",
        ),
        (SINGLE, "difficulty: 2", "difficulty: 4", "difficulty", "4 is out of range", "at most 3"),
        (
            SINGLE,
            "difficulty: 2",
            'difficulty: "2"',
            "difficulty",
            "a whole number",
            "write 2, without quotes",
        ),
        (SINGLE, "difficulty: 2", "difficulty: 02", "difficulty", "a whole number", "write 2, without"),
        (SINGLE, "difficulty: 2", "difficulty: 2.0", "difficulty", "a whole number", "such as 2"),
        (SINGLE, "difficulty: 2", "difficulty: true", "difficulty", "a whole number", "such as 2"),
        (SINGLE, "code: BIL-001", "code: bil_1", "code", "has not the right form", "capital letters"),
        (SINGLE, "kind: single", "kind: singel", "kind", "'singel' is no kind", "did you mean 'single'?"),
        (SINGLE, "  kind: single\n", "", "kind", "is missing", "write one of: single, multiple"),
        (SINGLE, "key: B", "key: D", "key", "not one of the options", "name the id of an option"),
        (SINGLE, "key: B", "key: [B]", "key", "one text is expected", "write a text"),
        (SINGLE, "id: B", "id: A", "options", "two options have the same id", "its own id"),
        (
            SINGLE,
            '"35.61", en: "35.61"',
            '"33.39", en: "35.61"',
            "options",
            "the same text in zh",
            "its own text",
        ),
        (SINGLE, "id: C", "id: c", "options.c.id", "right form", "one capital letter"),
        (SINGLE, "key: B", "key: B\n  enemies: BIL-002", "enemies", "a list is expected", "[A, B]"),
        (SINGLE, "key: B", "key: B\n  enemies: [BIL-001]", "enemies", "its own enemy", "leave"),
        (SINGLE, "key: B", "key: B\n  section: case", "section", "has no section of its own", "delete it"),
        (SINGLE, "en: One day short", "", "options.A.why", "there is no en text, which other", "add en: …"),
        (MULTIPLE, "key: [A, B]", "key: [A]", "key", "1 item, at least 2", "add what is missing"),
        (MULTIPLE, "key: [A, B]", "key: [A, E]", "key", "two or more different options", "at least two"),
        (MULTIPLE, "key: [A, B]", "key: A", "key", "a list is expected", "[A, B]"),
        (MULTIPLE, "（选2项）", "", "stem.zh", "does not say how many", "add （选2项）"),
        (
            MULTIPLE,
            "(choose 2)",
            "(choose three)",
            "stem.en",
            "the stem says 3, the key names 2",
            "(choose 2)",
        ),
        (NUMERIC, '"35.61"', "35.61", "key", "35.61 is not text", 'put it in quotes: "35.61"'),
        (NUMERIC, '"35.61"', '"35,61"', "key", "right form", "a decimal in quotes"),
        (NUMERIC, '"0.01"', '"-1"', "tolerance", "must not be negative", "how far off"),
        (
            ORDERING,
            "key: [A, B, C]",
            "key: [A, B]",
            "key",
            "must name every step once",
            "list the id of every",
        ),
        (ORDERING, "id: B", "id: A", "steps", "two steps have the same id", "its own id"),
        (WRITTEN, "points: 3", "points: 0", "guide.empathy.points", "0 is out of range", "at least 1"),
        (WRITTEN, "id: empathy", "id: Empathy", "guide.Empathy.id", "right form", "small letters"),
    ],
)
def test_a_bad_field_is_named_with_its_line_and_mend(
    tmp_path: Path, question: str, old: str, new: str, key: str, what: str, mend: str
) -> None:
    text = changed(question, old, new)
    bank = bank_of(tmp_path, text)
    code = "bil_1" if "bil_1" in text else text.split()[2]
    found = [problem for problem in bank.errors if problem.key == f"questions.{code}.{key}"]
    assert found, said(bank)
    assert what in found[0].what
    assert mend in found[0].mend
    lines = topic(text).split("\n")
    leaf = key.rsplit(".", 1)[-1]
    assert leaf in lines[found[0].line - 1] or "is missing" in what, (found[0], lines[found[0].line - 1])


def test_one_slip_is_one_problem(tmp_path: Path) -> None:
    text = changed(SINGLE, '{zh: "33.39"', "{zh: 33.39")
    assert said(bank_of(tmp_path, text)) == [
        f"business-billing.yaml:{line_of(text, 'id: A')}: questions.BIL-001.options.A.text.zh: "
        '33.39 is not text as it stands — put it in quotes: "33.39"'
    ]


def test_a_comma_inside_braces_is_explained(tmp_path: Path) -> None:
    text = changed(SINGLE, "en: How much is due?", "en: Is 1,300 due?")
    assert "put the text before it in quotes" in said(bank_of(tmp_path, text))[0]


def test_too_few_options_are_counted(tmp_path: Path) -> None:
    text = "\n".join(row for row in SINGLE.split("\n") if "id: C" not in row)
    assert "2 items, at least 3 are needed" in said(bank_of(tmp_path, text))[0]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        (
            "section: business",
            "section: buisness",
            1,
            "section: 'buisness' is not known here — did you mean 'business'?",
        ),
        ("topic: billing", "topic: Billing", 2, "has not the right form — write small letters"),
        ("title:", "titel:", 3, "titel: unknown key — did you mean 'title'?"),
        ("topic: billing\n", "", 1, "topic: is missing — add 'topic: …'"),
    ],
)
def test_the_top_of_the_file_is_told_once(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    write(tmp_path, topic(SINGLE + NUMERIC, changed(HEAD, old, new)))
    told = [one for one in said(read_bank(tmp_path)) if words in one]
    assert len(told) == 1, said(read_bank(tmp_path))
    assert told[0].startswith(f"business-billing.yaml:{line}: ")


@pytest.mark.parametrize(
    "text", ["- a\n- b\n", "just text\n", "questions: 5\n", "questions: [1, [2], null]\n", "---\n"]
)
def test_another_shape_is_a_problem_and_no_traceback(tmp_path: Path, text: str) -> None:
    write(tmp_path, text)
    assert read_bank(tmp_path).errors


def test_the_file_name_says_section_and_topic(tmp_path: Path) -> None:
    write(tmp_path, topic(SINGLE), "billing.yml")
    told = said(read_bank(tmp_path))
    assert any("rename it to business-billing.yaml" in one for one in told)
    assert any("rename it to billing.yaml" in one for one in told)


def test_a_code_is_taken_once_in_all_files(tmp_path: Path) -> None:
    write(tmp_path, topic(SINGLE))
    head = HEAD.replace("billing", "plans")
    write(tmp_path, topic(SINGLE, head), "business-plans.yaml")
    [problem] = read_bank(tmp_path).errors
    assert problem.file.endswith("business-plans.yaml")
    assert "the code is taken" in problem.what
    assert "business-billing.yaml:5" in problem.what


def test_one_topic_has_one_prefix(tmp_path: Path) -> None:
    text = ALL_KINDS.replace("BIL-003", "PLN-003")
    bank = bank_of(tmp_path, text)
    assert bank.errors == ()  # a question that moved keeps its code, and must come in again
    [told] = [problem for problem in bank.problems if "prefix" in problem.what]
    assert (told.line, told.key) == (line_of(text, "PLN-003"), "questions.PLN-003.code")
    assert "with BIL-" in told.mend


def test_two_topics_do_not_share_a_prefix(tmp_path: Path) -> None:
    write(tmp_path, topic(SINGLE))
    write(tmp_path, topic(NUMERIC, HEAD.replace("billing", "plans")), "business-plans.yaml")
    bank = read_bank(tmp_path)
    [problem] = [problem for problem in bank.problems if "prefix" in problem.what]
    assert bank.errors == ()
    assert problem.what == "the prefix BIL belongs to business-billing"


def test_two_files_do_not_share_a_topic(tmp_path: Path) -> None:
    write(tmp_path, topic(SINGLE))
    write(tmp_path, topic(NUMERIC), "business-billing-2.yaml")
    told = said(read_bank(tmp_path))
    assert any("holds this topic already" in one for one in told)


def test_a_topic_goes_on_in_further_files(tmp_path: Path) -> None:
    write(tmp_path, topic(NUMERIC), "business-billing.2.yaml")
    write(tmp_path, topic(SINGLE))
    bank = read_bank(tmp_path)
    assert (bank.errors, len(bank.questions), len(bank.topics)) == ((), 2, 1)
    assert read_bank(tmp_path / "business-billing.2.yaml").errors == ()


def test_further_files_are_named_and_titled_as_the_first_and_hold_other_codes(tmp_path: Path) -> None:
    write(tmp_path, topic(SINGLE))
    write(tmp_path, topic(SINGLE, HEAD.replace("计费账务", "计费")), "business-billing.2.yaml")
    write(tmp_path, topic(NUMERIC), "business-plans.2.yaml")
    told = said(read_bank(tmp_path))
    for fault in ("the title is not the one", "the code is taken", "does not say its section and topic"):
        assert any(fault in one for one in told), fault


def test_an_enemy_must_exist(tmp_path: Path) -> None:
    text = SINGLE + changed(NUMERIC, "rationale", "enemies: [BIL-001, BIL-0O1]\n  rationale")
    [told] = said(bank_of(tmp_path, text))
    assert "enemies.1: there is no question BIL-0O1 — did you mean BIL-001?" in told


def test_an_unsound_enemy_does_exist(tmp_path: Path) -> None:
    text = changed(SINGLE, "difficulty: 2", "difficulty: 9") + changed(
        NUMERIC, "rationale", "enemies: [BIL-001]\n  rationale"
    )
    assert ["out of range" in one for one in said(bank_of(tmp_path, text))] == [True]


@pytest.mark.parametrize(
    ("stem", "other"),
    [
        ("{zh: 用量 12.5 GB 收多少？}", "{zh: '用量 1,300 GB 收多少？'}"),
        ("{zh: 用量 12 GB 收多少？}", "{zh: 用量１３GB收多少？}"),
        ("{zh: 用量十二GB收多少？}", "{zh: 用量三GB收多少？}"),
        ("{zh: 甲用了几兆？, en: Used 5 MB?}", "{zh: 乙还剩几兆？, en: Used 7 MB?}"),
        ("{zh: 一样的题}", "{zh: 一样的题}"),
    ],
)
def test_twins_that_differ_in_numbers_must_be_enemies(tmp_path: Path, stem: str, other: str) -> None:
    head = "- code: {code}\n  kind: numeric\n  difficulty: 1\n  rule: '1'\n  key: '1'\n  stem: {stem}\n{enemies}"
    tail = "  unit: {zh: 元}\n  rationale: {zh: 理由}\n"
    if "en:" in stem:
        tail = "  unit: {zh: 元, en: yuan}\n  rationale: {zh: 理由, en: reason}\n"

    def pair(enemies: str) -> str:
        one = head.format(code="BIL-001", stem=stem, enemies="")
        return one + tail + head.format(code="BIL-002", stem=other, enemies=enemies) + tail

    def told(enemies: str) -> list[str]:
        problems = bank_of(tmp_path, pair(enemies)).problems
        return [f"{one.key}: {one.what[:36]}" for one in problems if "in its numbers" in one.what]

    assert told("") == ["questions.BIL-002.stem: differs from BIL-001 in its numbers "]
    assert told("  enemies: [BIL-001]\n") == []


def test_options_in_another_order_make_no_other_question(tmp_path: Path) -> None:
    rows = changed(MULTIPLE, "BIL-002", "BIL-009").split("\n")
    rows[6], rows[9] = rows[9], rows[6]
    problems = bank_of(tmp_path, MULTIPLE + "\n".join(rows)).problems
    assert len([one for one in problems if "in its numbers" in one.what]) == 1


def test_a_missing_language_is_a_warning(tmp_path: Path) -> None:
    text = NUMERIC
    for words in (", en: What is the prorated fee?", ", en: yuan", ", en: By day"):
        text = changed(text, words, "")
    bank = bank_of(tmp_path, text)
    assert not bank.errors
    assert [(one.key, one.what) for one in bank.warnings] == [("questions.BIL-003.stem", "there is no en text")]


def test_a_key_that_gives_itself_away_is_a_warning(tmp_path: Path) -> None:
    bank = bank_of(tmp_path, changed(SINGLE, '{zh: "35.61"', "{zh: 三十五元六角一分，按开通当日起的天数折算得出"))
    assert not bank.errors
    assert [one.key for one in bank.warnings] == ["questions.BIL-001.key"]


def test_a_text_cut_by_a_comment_is_a_warning(tmp_path: Path) -> None:
    text = changed(NUMERIC, "stem: {zh: 折算后月费是多少？,", "stem:\n    zh: 请按 #1 键\n    en: x\n  unit2: {zh: x,")
    assert any("is a comment" in one.what for one in bank_of(tmp_path, text).warnings)


def test_gb18030_is_accepted_with_a_warning(tmp_path: Path) -> None:
    write(tmp_path, topic(ALL_KINDS).encode("gb18030"))
    bank = read_bank(tmp_path)
    assert len(bank.questions) == 5
    assert [one.mend for one in bank.problems] == ["save it as UTF-8"]


def test_unquoted_yes_and_no_are_texts(tmp_path: Path) -> None:
    text = changed(SINGLE, '{zh: "33.39", en: "33.39"}', "{zh: 否, en: No}")
    question = bank_of(tmp_path, text).questions["BIL-001"].question
    assert question.texts[2].en == "No"


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        (
            "count: 1",
            "count: 3",
            "sections.0.picks.0",
            "business/single is short by 2 in zh and en: the bank has 1 of 3",
        ),
        ("weight: 100", "weight: 90", "sections", "must sum to 100"),
        (
            "weight: 100",
            "weight: 100\n    pass_points: 101",
            "sections.0.pass_points",
            "lower it to the weight",
        ),
        ("code: quick", "code: slow", "code", "rename it to slow.yaml"),
        ("minutes: 10", "minuts: 10", "minuts", "did you mean 'minutes'?"),
        ("exposure_cap: 1", "exposure_cap: often", "exposure_cap", 'write one such as "2/5"'),
        ("exposure_cap: 1", "exposure_cap: 1\ncertification: maybe", "certification", "true or false"),
        ("kind: single", "kind: singles", "sections.0.picks.0.kind", "did you mean 'single'?"),
        ("kind: single", "kind: single, topics: x", "sections.0.picks.0.topics", "did you mean 'topic'?"),
    ],
)
def test_a_bad_blueprint_is_named(tmp_path: Path, old: str, new: str, key: str, words: str) -> None:
    write(tmp_path, changed(BLUEPRINT, old, new), "blueprints/quick.yaml")
    bank = bank_of(tmp_path, SINGLE)
    assert any(f": {key}: " in one and words in one for one in said(bank)), said(bank)


def test_a_single_file_is_read_with_its_folder_and_told_alone(tmp_path: Path) -> None:
    write(tmp_path, topic(changed(SINGLE, "difficulty: 2", "difficulty: 7")))
    head = HEAD.replace("billing", "plans")
    text = changed(NUMERIC, "rationale", "enemies: [BIL-001]\n  rationale").replace("BIL-003", "PLN-001")
    plans = write(tmp_path, topic(text, head), "business-plans.yaml")
    quick = write(tmp_path, BLUEPRINT, "blueprints/quick.yaml")
    assert said(read_bank(plans)) == []
    assert [Path(one.file) for one in read_bank([quick]).problems] == [quick]


def test_a_path_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    [problem] = read_bank(tmp_path / "absent.yaml").problems
    assert problem.is_error


def test_hidden_files_are_left_alone(tmp_path: Path) -> None:
    write(tmp_path, "[", ".business-billing.yaml.swp.yaml")
    assert read_bank(tmp_path).problems == ()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode(errors="replace"))))
def test_any_bytes_give_problems_and_nothing_else(tmp_path: Path, raw: bytes) -> None:
    write(tmp_path, raw)
    write(tmp_path, raw, "blueprints/quick.yaml")
    assert read_bank(tmp_path).errors


_SCRAPS = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.sampled_from(["", "A", "BIL-001", "single", "zh"]),
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["id", "text", "why", "zh", "en", "kind", "code", "x"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from([SINGLE, MULTIPLE, NUMERIC, ORDERING, WRITTEN, BLUEPRINT]),
    row=st.integers(min_value=0, max_value=12),
    scrap=_SCRAPS,
)
def test_any_value_anywhere_gives_problems_and_nothing_else(tmp_path: Path, kind: str, row: int, scrap: object) -> None:
    """A well-formed file in which one key has some value of another shape."""
    rows = kind.split("\n")
    row %= len(rows) - 1
    if ":" in rows[row]:
        rows[row] = f"{rows[row].split(':')[0]}: {_flow(scrap)}"
    text = "\n".join(rows)
    if kind is BLUEPRINT:
        write(tmp_path, text, "blueprints/quick.yaml")
    else:
        write(tmp_path, topic(text))
    for problem in read_bank(tmp_path).problems:
        assert problem.line >= 1
        assert problem.what
        assert problem.mend


def _flow(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(inner) for inner in value) + "]"
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
