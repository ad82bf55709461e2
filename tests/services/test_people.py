"""People changed by two at once, one-time passwords, names as they sort."""

import pytest
from flask import Flask

from lms.domain.people import Role
from lms.services import passwords
from lms.services.people import LastAdministrator, Wanted, change_person, one_time_password
from lms.services.person_names import sort_key
from tests.conftest import MONDAY
from tests.factories import a_person


def test_two_administrators_cannot_demote_each_other(app: Flask) -> None:
    first, second = a_person(Role.ADMINISTRATOR), a_person(Role.ADMINISTRATOR)
    trainer = Wanted("测试员", frozenset({Role.TRAINER}), True, None)
    change_person(first.id, MONDAY, second.id, trainer)
    with pytest.raises(LastAdministrator):
        change_person(second.id, MONDAY, first.id, trainer)  # whose page was open before


def test_a_one_time_password_never_holds_a_short_number() -> None:
    taken = {one_time_password("k7", "K") for _ in range(300)}
    assert len(taken) == 300
    assert not any("k7" in password for password in taken)


def test_a_one_time_password_matches_itself_alone(app: Flask) -> None:
    stored = passwords.hash_one_time("k7mq-w3xt-9hbd")
    assert passwords.matches(stored, "k7mq-w3xt-9hbd")
    assert not passwords.matches(stored, "k7mq-w3xt-9hbe")
    assert not passwords.matches(None, "k7mq-w3xt-9hbd")


def test_names_sort_by_pinyin_with_the_surname_s_own_reading() -> None:
    names = ["张三", "曾国", "李四", "单晓", "阿明"]
    assert sorted(names, key=sort_key) == ["阿明", "李四", "单晓", "曾国", "张三"]
