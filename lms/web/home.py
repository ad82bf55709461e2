"""Each role's first screen."""

from flask import Blueprint, render_template

from lms.web.access import allow

page = Blueprint("home", __name__)


@page.get("/")
@allow()
def home() -> str:
    return render_template("home/home.html")
