"""One's own account through real requests: where one is signed in, marking keys."""

import re

from flask import Flask

from lms.domain.people import Role
from lms.domain.people_devices import device_words
from lms.extensions import db
from lms.models.people import Person
from tests.browser_like import Visitor
from tests.factories import a_person


def sign_ins_on(page: str) -> list[str]:
    return re.findall(r"/account/sign-ins/(\d+)/end", page)


def test_one_device_is_signed_out_from_another(app: Flask) -> None:
    person = a_person()
    here, there = Visitor(app).sign_in(person), Visitor(app).sign_in(person)
    (other,) = sign_ins_on(here.get("/account").text)
    assert here.post(f"/account/sign-ins/{other}/end").status_code == 302
    assert there.get("/").status_code == 302
    assert here.get("/").status_code == 200
    assert here.post(f"/account/sign-ins/{other}/end").status_code == 404


def test_all_others_are_signed_out_at_once(app: Flask) -> None:
    person = a_person()
    here, *others = (Visitor(app).sign_in(person) for _ in range(3))
    here.post("/account/sign-ins/end-others")
    assert [browser.get("/").status_code for browser in others] == [302, 302]
    assert "只有这台设备" in here.get("/account").text


def test_nobody_ends_another_person_s_sign_in(app: Flask) -> None:
    person = a_person()
    Visitor(app).sign_in(person)
    victim = Visitor(app).sign_in(person)
    (other,) = sign_ins_on(victim.get("/account").text)
    assert Visitor(app).sign_in(a_person()).post(f"/account/sign-ins/{other}/end").status_code == 404
    assert sign_ins_on(victim.get("/account").text) == [other]


def test_marking_keys_are_switched_off_by_examiners(app: Flask) -> None:
    person = a_person(Role.EXAMINER)
    desk = Visitor(app).sign_in(person)
    assert desk.post("/account/digit-keys", {}).status_code == 302
    assert not db.session.get_one(Person, person.id, populate_existing=True).digit_keys
    desk.post("/account/digit-keys", {"digit_keys": "y"})
    assert db.session.get_one(Person, person.id, populate_existing=True).digit_keys
    hire = Visitor(app).sign_in(a_person())
    assert "评分快捷键" not in hire.get("/account").text
    assert hire.post("/account/digit-keys", {}).status_code == 403


def test_browsers_are_called_by_the_names_that_people_know() -> None:
    edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0"
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile Safari/604.1"
    assert device_words(edge) == ("Edge", "Windows")
    assert device_words(phone) == ("Safari", "iPhone")
    assert device_words("curl/8") == ("", "")
