"""The question bank through real requests: write, preview, review by a second trainer, conflict, bad input."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from lms.domain.people import Role
from lms.extensions import db
from lms.models.bank import Picture, Question, QuestionVersion
from lms.services import bank_files
from tests.browser_like import Visitor
from tests.conftest import MONDAY
from tests.content.bank_files import ALL_KINDS, bank_of
from tests.factories import a_person

NEW = {
    "place": "business/billing", "code": "BIL-100", "difficulty": "2", "rule": "1.5", "enemies": "",
    "stem_zh": "新题：应收多少元？", "stem_en": "New: how much is due?",
    "rationale_zh": "按日", "rationale_en": "By day",
    "key": "1",
}  # fmt: skip
for _n, _word in enumerate(("甲", "乙", "丙")):
    NEW |= {
        f"options-{_n}-id": "", f"options-{_n}-text_zh": _word, f"options-{_n}-text_en": f"text {_n}",
        f"options-{_n}-why_zh": "因为", f"options-{_n}-why_en": "because",
    }  # fmt: skip


@pytest.fixture
def trainer(app: Flask, tmp_path: Path) -> Visitor:
    bank_files.load(bank_of(tmp_path, ALL_KINDS), None, MONDAY)
    return Visitor(app).sign_in(a_person(Role.TRAINER, name="陈老师"))


@pytest.fixture
def colleague(app: Flask, trainer: Visitor) -> Visitor:
    return Visitor(app).sign_in(a_person(Role.TRAINER, name="林老师"))


def row(code: str) -> Question:
    return db.session.execute(select(Question).where(Question.code == code)).scalar_one()


def address(code: str) -> str:
    return f"/bank/{row(code).id}"


def typed(visitor: Visitor, code: str, **changes: str) -> dict[str, Any]:
    """What a browser would send back of the question's form, with changes."""
    html = visitor.get(address(code)).text
    form = html[html.index('id="question-form"') : html.index('id="preview-title"')]
    form = re.sub(r"<template>.*?</template>", "", form, flags=re.DOTALL)
    data: dict[str, Any] = {}
    for name, value in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\r?\n?(.*?)</textarea>', form, re.DOTALL):
        data[name] = unescape(value)
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="file"' not in tag and ("type=\"radio\"" not in tag or "checked" in tag):
            data[name[1]] = unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        data[name] = chosen[1] if chosen else ""
    return {**data, **changes}


def unescape(text: str) -> str:
    from html import unescape as plain

    return plain(text)


def test_the_list_finds_by_two_characters_code_and_english(trainer: Visitor) -> None:
    for text, found in (("安抚", "BIL-005"), ("bil-002", "BIL-002"), ("ＰＲＯＲＡＴＥＤ", "BIL-003"),
                        ("正确 步骤", "BIL-004")):  # fmt: skip
        page = trainer.get("/bank", query_string={"text": text}).text
        assert re.findall(r'class="number">(BIL-\d+)<', page) == [found], text
    assert "没有符合条件的试题" in trainer.get("/bank?text=100%25").text


def test_filters_narrow_and_an_unknown_value_is_no_error(trainer: Visitor) -> None:
    page = trainer.get("/bank?kind=numeric&state=live&language=en&difficulty=3&section=business&topic=billing").text
    assert re.findall(r'class="number">(BIL-\d+)<', page) == ["BIL-003"]
    assert trainer.get("/bank?kind=evil&difficulty=x&page=-3&state=%00").status_code == 200


def test_the_list_is_narrowed_only_to_sections_that_questions_have(trainer: Visitor) -> None:
    select_ = re.search(r'<select[^>]* name="section".*?</select>', trainer.get("/bank").text, re.DOTALL)
    assert select_ and re.findall(r'value="([^"]*)"', select_[0]) == ["", "business", "compliance", "case"]


@pytest.mark.parametrize(
    ("forged", "said"),
    [
        ({"move": "burn"}, "没有这样的操作"),
        ({"move": ""}, "没有这样的操作"),
        ({"base": "x"}, "没有这样的操作"),
        ({"comment": "长" * 2001}, "意见最多 2000 个字符"),
    ],
)
def test_a_move_that_is_refused_says_why(trainer: Visitor, forged: dict[str, str], said: str) -> None:
    reply = trainer.post(f"{address('BIL-001')}/move", {"base": "1", "move": "retire", "comment": "旧", **forged})
    page = trainer.get(reply.headers["Location"]).text
    assert said in page and ("意见最多" in page) is ("comment" in forged)
    assert row("BIL-001").state == "live"


def test_an_empty_bank_says_what_to_do(app: Flask) -> None:
    visitor = Visitor(app).sign_in(a_person(Role.TRAINER))
    assert "题库还是空的" in visitor.get("/bank").text


@pytest.mark.parametrize("role", [Role.NEW_HIRE, Role.EXAMINER, Role.TEAM_LEADER, Role.ADMINISTRATOR])
def test_only_trainers_enter(app: Flask, trainer: Visitor, role: Role) -> None:
    other = Visitor(app).sign_in(a_person(role))
    number = row("BIL-001").id
    for path in ("/bank", f"/bank/{number}", "/bank/new/single", f"/bank/{number}/versions/1", "/blueprints"):
        assert other.get(path).status_code == 403, path
    for path in (f"/bank/{number}/move", "/bank/preview/single", "/bank/alike/single", "/pictures"):
        assert other.post(path, {}).status_code == 403, path


def test_every_kind_has_its_form_and_saving_it_unchanged_makes_no_version(trainer: Visitor) -> None:
    for code in ("BIL-001", "BIL-002", "BIL-003", "BIL-004", "BIL-005"):
        data = typed(trainer, code)
        if code == "BIL-002":
            data["key"] = ["0", "1"]
        reply = trainer.post(address(code), data)
        assert reply.status_code == 302, (code, reply.text)
        assert row(code).newest.number == 1, code
        assert "没有改动" in trainer.get(address(code)).text


def test_a_new_question_goes_live_only_after_a_second_trainer(trainer: Visitor, colleague: Visitor) -> None:
    reply = trainer.post("/bank/new/single", NEW)
    assert reply.status_code == 302, reply.text
    made = row("BIL-100")
    assert (made.state, made.live_id, made.newest.face["options"][1]["id"]) == ("draft", None, "B")
    assert made.newest.keys[0].body["key"] == "B"
    move = f"/bank/{made.id}/move"
    trainer.post(move, {"base": "1", "move": "submit"})
    trainer.post(move, {"base": "1", "move": "approve"})
    assert (row("BIL-100").state, row("BIL-100").live_id) == ("review", None)
    assert "复核人不能是本次修改的作者" in trainer.get(f"/bank/{made.id}").text
    colleague.post(move, {"base": "1", "move": "approve", "comment": "好"})
    made = row("BIL-100")
    assert (made.state, made.live_id) == ("live", made.newest_id)


def test_an_edit_of_a_live_question_leaves_the_live_version_until_it_is_reviewed(
    trainer: Visitor, colleague: Visitor
) -> None:
    live = row("BIL-001").live_id
    trainer.post(address("BIL-001"), typed(trainer, "BIL-001", stem_zh="改过的题干是多少？", note="改字"))
    edited = row("BIL-001")
    assert (edited.state, edited.live_id, edited.newest.number) == ("draft", live, 2)
    trainer.post(f"{address('BIL-001')}/move", {"base": "2", "move": "submit"})
    back = colleague.post(f"{address('BIL-001')}/move", {"base": "2", "move": "return"})
    assert "请写明原因" in colleague.get(back.headers["Location"]).text
    colleague.post(f"{address('BIL-001')}/move", {"base": "2", "move": "return", "comment": "单位缺失"})
    assert row("BIL-001").state == "draft"
    assert "单位缺失" in trainer.get(address("BIL-001")).text
    page = trainer.get(f"{address('BIL-001')}/versions/2").text
    assert "<del" in page
    assert "改过的题干是" in page


def test_two_authors_at_once_keep_the_typed_text_and_show_who_saved_what(
    trainer: Visitor, colleague: Visitor
) -> None:
    mine, theirs = typed(trainer, "BIL-001", stem_zh="我的题干"), typed(colleague, "BIL-001", rule="1.5 changed")
    assert colleague.post(address("BIL-001"), theirs).status_code == 302
    reply = trainer.post(address("BIL-001"), mine)
    assert reply.status_code == 409
    assert "林老师" in reply.text
    assert "我的题干" in reply.text
    assert "changed" in reply.text
    assert row("BIL-001").newest.number == 2
    assert trainer.post(address("BIL-001"), {**mine, "base": "2"}).status_code == 302
    assert row("BIL-001").newest.face["stem"]["zh"] == "我的题干"


def test_retired_is_out_of_every_pool_and_reopening_needs_a_review_again(trainer: Visitor) -> None:
    move = f"{address('BIL-001')}/move"
    trainer.post(move, {"base": "1", "move": "retire", "comment": "规则已变"})
    assert (row("BIL-001").state, row("BIL-001").live_id) == ("retired", None)
    trainer.post(move, {"base": "1", "move": "approve"})
    assert row("BIL-001").state == "retired"
    trainer.post(move, {"base": "1", "move": "reopen"})
    trainer.post(move, {"base": "2", "move": "submit"})
    trainer.post(move, {"base": "2", "move": "approve"})
    assert (row("BIL-001").state, row("BIL-001").newest.number) == ("review", 2)


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"stem_en": ""}, "stem_en", "请补上英文"),
        ({"stem_zh": "长" * 8001}, "stem_zh", "最多 8000 个字符"),
        ({"code": "bil 1"}, "code", "题号用大写字母"),
        ({"code": "BIL-001"}, "code", "题号已被使用"),
        ({"code": "TST-59460"}, "code", "例如 BIL-006"),
        ({"enemies": "NOPE-1"}, "enemies", "题库里没有：NOPE-1"),
        ({"enemies": "BIL-100"}, "enemies", "不能与自己互斥"),
        ({"key": ""}, "key", "请选出正确的一项"),
        ({"key": "x"}, "key", "请选出正确的一项"),
        ({"place": "evil/evil"}, "place", ""),
        ({"options-2-why_zh": ""}, "options-2-why_zh", "请补上中文"),
        ({"options-1-text_zh": "甲"}, "options", "两个选项的文字相同"),
        ({"rule": ""}, "rule", "请填写"),
        ({"difficulty": "9"}, "difficulty", ""),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_saved(
    trainer: Visitor, changes: dict[str, str], field: str, said: str
) -> None:
    reply = trainer.post("/bank/new/single", {**NEW, **changes})
    assert reply.status_code == 422
    assert said in reply.text
    assert f'href="#{field}' in reply.text, field
    assert "新题：应收多少元？" in reply.text or field == "stem_zh"
    assert db.session.execute(select(QuestionVersion.id).where(QuestionVersion.author_id.is_not(None))).all() == []


def test_all_that_is_wrong_is_said_at_once(trainer: Visitor) -> None:
    both = {"code": "BIL-001", "enemies": "BIL-002 NOPE-1"}
    said = ("题号已被使用", "题库里没有：NOPE-1。", "有 %s 处需要修改")
    for changes, faults in (({}, 2), ({"rule": ""}, 3), ({"rule": "", "stem_en": ""}, 4)):
        text = trainer.post("/bank/new/single", {**NEW, **both, **changes}).text
        assert [words for words in said if words.replace("%s", str(faults)) not in text] == [], changes
    edited = trainer.post(address("BIL-001"), typed(trainer, "BIL-001", enemies="NOPE-1", rule=""))
    assert "题库里没有：NOPE-1。" in edited.text and "有 2 处需要修改" in edited.text and edited.status_code == 422


def test_a_form_of_garbage_is_an_answer_not_an_error(trainer: Visitor) -> None:
    for kind in ("single", "multiple", "numeric", "ordering", "written"):
        junk = {f"{rows}-{n}-{name}": "\x00<x>" for rows in ("options", "steps", "guide") for n in (0, 7, 99999)
                for name in ("id", "text_zh", "points", "name_en")}  # fmt: skip
        assert trainer.post(f"/bank/new/{kind}", {**junk, "key": ["-1", "99", "a"]}).status_code == 422, kind
        assert trainer.post(f"/bank/preview/{kind}", junk).status_code == 200, kind
        assert trainer.post(f"/bank/alike/{kind}", junk).status_code == 200, kind
    assert trainer.get("/bank/new/essay").status_code == 404
    assert trainer.get("/bank/99999").status_code == 404
    assert trainer.post("/bank/99999/move", {"base": "1", "move": "submit"}).status_code == 404
    assert trainer.get(f"{address('BIL-001')}/versions/9").status_code == 404
    assert trainer.get(f"{address('BIL-001')}/versions/1?against=7").status_code == 404


XSS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[a](javascript:alert(1))",
    "![a](javascript:alert(1))",
    "![x](http://evil.example/x.png)", "<svg/onload=alert(1)>", "<a href='//evil.example'>x</a>", "{{ 7*7 }}",
    "![x](picture:../../etc)", '"><iframe src=//evil.example>', "<style>*{display:none}</style>", "&lt;script&gt;",
]  # fmt: skip


@pytest.mark.parametrize("evil", XSS)
def test_hostile_texts_come_out_harmless(trainer: Visitor, evil: str) -> None:
    data = {**NEW, "stem_zh": f"题 {evil}", "stem_en": f"q {evil}"}
    data |= {"options-0-text_zh": evil, "options-0-text_en": evil}
    html = trainer.post("/bank/preview/single", data).get_json()["html"]
    tags = re.findall(r"<\s*([a-z0-9]+)([^>]*)>", html, re.IGNORECASE)
    names = {name.lower() for name, _rest in tags}
    assert not names & {"script", "iframe", "svg", "style", "a", "object", "form"}, html
    assert not [rest for _name, rest in tags if re.search(r"\son\w+\s*=|javascript:|evil\.example", rest)], html
    assert "49" not in html
    assert trainer.post("/bank/new/single", data).status_code == 302
    assert trainer.get(address("BIL-100")).status_code == 200  # the proofreader looks for inline handlers too


def test_the_preview_is_the_candidates_rendering_and_holds_no_key(trainer: Visitor) -> None:
    data = {**NEW, "stem_zh": "**加粗**\n\n| 月费 |\n|---|\n| 69 |", "rationale_zh": "绝密", "options-0-why_zh": "绝密"}
    html = trainer.post("/bank/preview/single", data).get_json()["html"]
    assert "<strong>加粗</strong>" in html
    assert "<table>" in html
    assert "绝密" not in html
    assert "New: how" in trainer.post("/bank/preview/single", {**data, "preview_language": "en"}).get_json()["html"]


def test_near_duplicates_are_told_also_where_only_numbers_differ(trainer: Visitor) -> None:
    same = {"stem_zh": "折算后月费是多少？", "stem_en": "What is the prorated fee?"}
    found = trainer.post("/bank/alike/numeric", {**NEW, **same}).get_json()["alike"]
    assert [one["code"] for one in found] == ["BIL-003"]
    stem = "客户3月16日新开通畅湾69，当月账单应收多少元？"
    trainer.post("/bank/new/single", {**NEW, "stem_zh": stem})
    other = {**NEW, "stem_zh": stem.replace("16", "21").replace("69", "99"), "stem_en": ""}
    assert trainer.post("/bank/alike/single", other).get_json()["alike"][0]["why"] == "仅数字不同"
    different = {**other, "options-0-text_zh": "全然不同的一个选项，讲的是三级确认制度"}
    different["options-1-text_zh"] = "另一个毫不相干的选项文字"
    assert trainer.post("/bank/alike/single", different).get_json()["alike"] == []
    itself = trainer.post(f"/bank/alike/single?but={row('BIL-100').id}", other).get_json()
    assert itself["alike"] == []


def test_the_reviewer_is_told_of_near_duplicates(trainer: Visitor, colleague: Visitor) -> None:
    stem = "客户3月16日新开通畅湾69，当月账单应收多少元？"
    trainer.post("/bank/new/single", {**NEW, "stem_zh": stem})
    trainer.post("/bank/new/single", {**NEW, "code": "BIL-101", "stem_zh": stem.replace("69", "99")})
    assert "相近的试题" not in reviewed(colleague, "BIL-101"), "a draft is the author's own"
    trainer.post(f"{address('BIL-101')}/move", {"base": "1", "move": "submit"})
    page = reviewed(colleague, "BIL-101")
    assert "题库里已有相近的试题" in page and "仅数字不同" in page
    assert f'href="{address("BIL-100")}"' in page and f'href="{address("BIL-101")}"' not in page
    trainer.post(f"{address('BIL-002')}/move", {"base": "1", "move": "retire", "comment": "换新"})
    trainer.post(f"{address('BIL-002')}/move", {"base": "1", "move": "reopen"})
    trainer.post(f"{address('BIL-002')}/move", {"base": "2", "move": "submit"})
    assert "相近的试题" not in reviewed(colleague, "BIL-002")


def reviewed(visitor: Visitor, code: str) -> str:
    """The question's page above the form, where a reviewer decides."""
    page = visitor.get(address(code)).text
    return page[: page.index('id="question-form"')]


def picture(format_: str = "PNG", size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, format_, **options)
    return out.getvalue()


def upload(visitor: Visitor, raw: bytes, name: str = "a.png") -> Any:
    return visitor.post("/pictures", {"picture": (io.BytesIO(raw), name)})


def test_a_picture_is_encoded_anew_without_metadata_and_shown(app: Flask, trainer: Visitor) -> None:
    exif = Image.Exif()
    exif[0x010E] = "who took it"
    for format_ in ("PNG", "JPEG", "WEBP"):
        reply = upload(trainer, picture(format_, exif=exif))
        assert reply.status_code == 200, reply.text
        shown = trainer.get(f"/pictures/{reply.get_json()['sha256']}")
        assert shown.mimetype in ("image/png", "image/jpeg")
        assert b"who took it" not in shown.data
        assert not Image.open(io.BytesIO(shown.data)).getexif()
    markdown = reply.get_json()["markdown"]
    html = trainer.post("/bank/preview/single", {**NEW, "stem_zh": f"看图 {markdown}"}).get_json()["html"]
    assert f'src="/pictures/{reply.get_json()["sha256"]}"' in html
    stranger = Visitor(app)
    assert stranger.get(f"/pictures/{reply.get_json()['sha256']}").status_code == 302


BOMB = picture(size=(6000, 6000))


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "请选择一个图片文件"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "只接受 PNG"),
        (picture("GIF"), "只接受 PNG"),
        (b"GIF89a<script>alert(1)</script>", "只接受 PNG"),
        (picture()[:60], "损坏"),
        (picture("JPEG", size=(400, 300))[:-400], "损坏"),
        (BOMB, "像素"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * (5 * 1024 * 1024 + 1), "5 MB"),
        (picture() + b"<script>alert(1)</script>", ""),
    ],
    ids=["empty", "svg", "gif", "polyglot", "cut-png", "cut-jpeg", "bomb", "large", "tail"],
)
def test_hostile_images_are_refused_or_harmless(trainer: Visitor, raw: bytes, said: str) -> None:
    reply = upload(trainer, raw)
    if said:
        assert reply.status_code == 422
        assert said in reply.get_json()["error"]
        assert db.session.execute(select(Picture)).all() == []
    else:
        assert b"script" not in trainer.get(f"/pictures/{reply.get_json()['sha256']}").data


def test_who_has_seen_it_is_empty_at_first(trainer: Visitor) -> None:
    assert "还没有人在试卷上见过它" in trainer.get(address("BIL-001")).text


def test_ordering_keeps_the_order_of_the_page_as_its_key(trainer: Visitor) -> None:
    data = typed(trainer, "BIL-004")
    swapped = {name: data[name.translate(str.maketrans("02", "20"))] if name.startswith("steps-") else value
               for name, value in data.items()}  # fmt: skip
    assert trainer.post(address("BIL-004"), swapped).status_code == 302
    saved = row("BIL-004").newest
    assert saved.keys[0].body["key"] == ["C", "B", "A"]
    assert [step["id"] for step in saved.face["steps"]] == ["A", "B", "C"]


def test_the_audit_trail_names_every_step(trainer: Visitor) -> None:
    from lms.services import audit

    trainer.post("/bank/new/single", NEW)
    trainer.post(f"{address('BIL-100')}/move", {"base": "1", "move": "submit"})
    actions = [entry.action for entry in audit.entries(action="question.")]
    assert actions == ["question.submit", "question.created"]
