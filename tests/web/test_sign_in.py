"""Signing in and out through real requests."""

from flask import Flask

from lms.clock import SettableClock
from lms.domain.people import Role
from lms.extensions import db
from lms.models.people import PersonRole
from lms.services.writing import writing
from tests.browser_like import Visitor
from tests.conftest import MONDAY
from tests.factories import a_person


def test_a_person_signs_in_and_sees_their_name(visitor: Visitor) -> None:
    person = a_person(name="张晓")
    reply = visitor.sign_in(person).get("/")
    assert "张晓" in reply.text


def test_the_number_is_folded_so_that_full_width_and_capitals_find_the_person(visitor: Visitor) -> None:
    person = a_person(number="n100")
    reply = visitor.post("/login", {"number": " Ｎ１００ ", "password": "invented-Pass-42"})
    assert (reply.status_code, reply.headers["Location"]) == (302, "/")
    assert person.number == "n100"


def test_wrong_password_and_unknown_number_get_the_same_answer(visitor: Visitor) -> None:
    person = a_person()
    wrong = visitor.post("/login", {"number": person.number, "password": "not-this-one"})
    unknown = visitor.post("/login", {"number": "nobody-here", "password": "not-this-one"})
    assert wrong.status_code == unknown.status_code == 422
    assert "工号或密码不正确" in wrong.text
    assert wrong.text.replace(person.number, "") == unknown.text.replace("nobody-here", "")


def test_signing_out_ends_the_session_on_the_server(app: Flask, visitor: Visitor) -> None:
    visitor.sign_in(a_person())
    stolen = visitor.client.get_cookie("session")
    assert stolen is not None
    visitor.post("/logout")
    thief = Visitor(app)
    thief.client.set_cookie("session", stolen.value)
    reply = thief.get("/")
    assert (reply.status_code, reply.headers["Location"]) == (302, "/login?next=/")


def test_a_role_taken_away_is_gone_at_the_next_request(visitor: Visitor) -> None:
    person = a_person(Role.NEW_HIRE, Role.TRAINER)
    visitor.sign_in(person)
    assert 'class="with-rail"' in visitor.get("/").text
    with writing(None, MONDAY) as deed:
        row = deed.session.get_one(PersonRole, (person.id, "trainer"))
        deed.session.delete(row)
    assert 'class="with-bar"' in visitor.get("/").text


def test_guessing_is_slowed_down(visitor: Visitor) -> None:
    person = a_person()
    codes = [
        visitor.post("/login", {"number": person.number, "password": f"guess-{n}"}).status_code for n in range(12)
    ]
    assert codes[:10] == [422] * 10
    assert codes[-1] == 429


def from_there(visitor: Visitor, address: str) -> Visitor:
    visitor.client.environ_base["REMOTE_ADDR"] = address
    return visitor


def test_who_guesses_is_told_how_long_to_wait(visitor: Visitor) -> None:
    person = a_person()
    for n in range(10):
        visitor.post("/login", {"number": person.number, "password": f"guess-{n}"})
    reply = visitor.post("/login", {"number": person.number, "password": "invented-Pass-42"})
    assert reply.status_code == 429
    assert 240 < int(reply.headers["Retry-After"]) <= 301
    assert "请在5分钟后再试" in reply.text


def test_guesses_from_elsewhere_keep_nobody_out(app: Flask) -> None:
    person = a_person()
    stranger = from_there(Visitor(app), "203.0.113.9")
    for n in range(12):
        stranger.post("/login", {"number": person.number, "password": f"guess-{n}"})
    own = from_there(Visitor(app), "198.51.100.4")
    assert own.post("/login", {"number": person.number, "password": "invented-Pass-42"}).status_code == 302


def test_guesses_from_everywhere_are_slowed_down(app: Flask) -> None:
    person = a_person()
    guess = {"number": person.number, "password": "guess"}
    visitors = [from_there(Visitor(app), f"203.0.113.{n}") for n in range(8)]
    assert [visitors[n % 8].post("/login", guess).status_code for n in range(61)] == [422] * 60 + [429]


def test_right_passwords_are_not_counted(app: Flask) -> None:
    person = a_person()
    assert {
        Visitor(app).post("/login", {"number": person.number, "password": "invented-Pass-42"}).status_code
        for _ in range(12)
    } == {302}


def test_next_never_leads_to_another_site(app: Flask) -> None:
    person = a_person()
    for evil in ("//evil.example", "/\\evil.example", "https:evil.example", "/\t/evil.example", "https://evil.example"):
        other = Visitor(app)
        form = {"number": person.number, "password": "invented-Pass-42"}
        reply = other.post("/login", form, query_string={"next": evil})
        assert (reply.status_code, reply.headers["Location"]) == (302, "/"), evil


def test_a_leaver_is_signed_out_at_once(visitor: Visitor, clock: SettableClock) -> None:
    person = a_person()
    visitor.sign_in(person)
    with writing(None, clock.now()):
        person.active = False
    assert visitor.get("/").status_code == 302
    assert db.session.is_active


def test_a_forged_post_without_a_token_is_refused(app: Flask) -> None:
    person = a_person()
    reply = app.test_client().post("/login", data={"number": person.number, "password": "invented-Pass-42"})
    assert reply.status_code == 400


def test_the_page_speaks_english_when_the_browser_does(app: Flask) -> None:
    reply = Visitor(app, "en-GB").get("/login")
    assert '<html lang="en">' in reply.text
