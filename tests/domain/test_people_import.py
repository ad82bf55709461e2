"""Tables of people: what is read, what is refused, what a file would do; an export does nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.domain.people import Role, clean_name
from lms.domain.people_plan import Plan, Present, Site, plan_import
from lms.domain.people_rows import Given, TableRefused, read_people

HEAD = ["工号", "姓名", "角色", "直属主管", "批次", "状态"]
CHIEF = Present("王主管", frozenset({Role.TEAM_LEADER}))
ADMIN = Present("管理员", frozenset({Role.ADMINISTRATOR}))
HIRE = Present("张晓", frozenset({Role.NEW_HIRE}), "l1")
SITE = Site({"admin": ADMIN, "l1": CHIEF, "n1": HIRE}, frozenset({"a", "b"}))


def read(*rows: list[str], head: list[str] = HEAD) -> Given:
    return read_people([(number, cells) for number, cells in enumerate([head, *rows], start=1)])


def plan(*rows: list[str], site: Site = SITE) -> Plan:
    found = read(*rows)
    return plan_import(found.rows, found.numbers, site, "admin")


def codes(found: Given | Plan) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.column, problem.code) for problem in found.problems]


def test_headings_in_either_language_and_any_order() -> None:
    found = read(["Trainer、考官", "Ｎ００７", "备注"], head=["ROLES", " Employee  Number", "note"])
    assert found.rows[0].number == "n007"
    assert found.rows[0].roles == {Role.TRAINER, Role.EXAMINER}
    assert found.ignored == ("note",)


@pytest.mark.parametrize(
    ("head", "code"), [(["姓名"], "no-number"), (["工号", "number"], "column-twice"), (["工号"], "empty")]
)
def test_a_table_that_is_none_of_people_is_refused(head: list[str], code: str) -> None:
    lines = [(1, head), (2, ["x1", "y"])][: 1 if code == "empty" else 2]
    with pytest.raises(TableRefused) as refused:
        read_people(lines)
    assert refused.value.code == code


def test_each_wrong_cell_is_named_with_its_line_and_column() -> None:
    found = read(
        ["工 号", "甲"], ["n2", "x\u200by"], ["n3", "丙", "国王"], ["n4", "丁", "", "?"],
        ["n5", "戊", "", "", "", "也许"],
        ["", "己"], ["n6", "庚"], ["N6", "辛"],
    )  # fmt: skip
    assert codes(found) == [
        (2, "number", "bad-number"), (3, "name", "bad-name"), (4, "roles", "unknown-role"), (5, "leader", "bad-number"),
        (6, "active", "unknown-status"), (7, "number", "number-missing"), (8, "number", "twice"),
        (9, "number", "twice"),
    ]  # fmt: skip
    assert found.rows == ()


def test_an_empty_cell_changes_nothing_and_none_takes_away() -> None:
    assert plan(["n1", "", "", "", "", ""]).unchanged == 1
    changed = plan(["n1", "", "", "无", "", ""]).changed
    assert [(change.fields, change.after.leader) for change in changed] == [(("leader",), "")]


def test_new_changed_unchanged_and_absent() -> None:
    found = plan(["n1", "张晓明"], ["n9", "新人", "", "l1", "A"])
    assert [(change.number, change.fields) for change in found.changed] == [("n1", ("name",))]
    assert [(change.number, change.after.cohorts) for change in found.new] == [("n9", {"a"})]
    assert found.absent == ("l1",)  # never the one who imports


def test_a_leader_may_be_new_in_the_same_file_and_falls_with_a_refused_row() -> None:
    good = plan(["n8", "新人", "", "l8"], ["l8", "新主管", "直属主管"])
    assert (len(good.new), good.problems) == (2, ())
    bad = plan(["n8", "新人", "", "l8"], ["l8", "", "直属主管"])
    assert codes(bad) == [(2, "leader", "leader-refused"), (3, "name", "name-missing")]


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (["n8", "新人", "", "zz9"], "leader", "leader-unknown"),
        (["n8", "新人", "", "n1"], "leader", "leader-role"),
        (["l1", "", "", "l1"], "leader", "leader-self"),
        (["n8", "新人", "", "", "c"], "cohorts", "cohort-unknown"),
        (["n8", "新人", "培训师", "", "a"], "cohorts", "cohort-role"),
        (["admin", "", "培训师"], "roles", "own-administration"),
        (["admin", "", "", "", "", "离职"], "active", "own-administration"),
        (["n8"], "name", "name-missing"),
    ],
)
def test_what_does_not_fit_the_site_is_refused(row: list[str], column: str, code: str) -> None:
    assert codes(plan(row)) == [(2, column, code)]


def test_a_number_that_lost_its_zeros_is_pointed_at() -> None:
    site = Site({"00123": CHIEF}, frozenset())
    assert plan(["123", "王主管"], site=site).new[0].resembles == "00123"


def test_the_digest_is_of_what_would_change() -> None:
    one, other = plan(["n9", "新人"]), plan(["n9", "新人甲"])
    assert one.digest == plan(["n9", "新人"]).digest != other.digest


names = st.text(st.characters(categories=["L", "N", "P", "S"], codec="utf-8"), min_size=1, max_size=20)
numbers = st.from_regex(r"[a-z0-9][a-z0-9._-]{1,8}", fullmatch=True)


@given(st.dictionaries(numbers, st.tuples(names, st.frozensets(st.sampled_from(Role), min_size=1), st.booleans())))
def test_reading_back_what_was_written_changes_nothing(people: dict[str, tuple[str, frozenset[Role], bool]]) -> None:
    present = {n: Present(clean_name(name), roles, active=active) for n, (name, roles, active) in people.items()}
    site = Site({**present, "admin": ADMIN}, frozenset())
    rows = [[n, p.name, "、".join(p.roles), "", "", "在职" if p.active else "离职"] for n, p in site.people.items()]
    found = plan(*rows, site=site)
    assert (found.new, found.changed, found.absent, found.problems) == ((), (), (), ())
    assert found.unchanged == len(site.people)
