"""The least that Flask can do on the same server: every other cost is given as a multiple of it."""

from flask import Flask

app = Flask("bare")


@app.get("/")
def ok() -> str:
    return "ok"
