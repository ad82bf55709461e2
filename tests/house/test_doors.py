"""Every route says who may enter (contract 9)."""

from flask import Flask

from lms.web.access import door_of

PUBLIC = {
    "static",
    "bootstrap.static",
    "sign_in.sign_in_page",
    "sign_in.sign_in",
    "sign_in.sign_out",
    "sign_in.choose_language",
}


def test_every_route_has_a_door(app: Flask) -> None:
    shut = {rule.endpoint for rule in app.url_map.iter_rules() if door_of(app, rule.endpoint) is None}
    assert not shut, f"no permission declared: {sorted(shut)}"


def test_only_these_pages_are_public(app: Flask) -> None:
    rules = {rule.endpoint for rule in app.url_map.iter_rules()}
    public = {name for name in rules if (door := door_of(app, name)) and door.public}
    assert public == PUBLIC
