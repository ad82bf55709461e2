"""`flask serve` and `flask worker`: the program on one machine, ready to use."""

import ctypes
import gc
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context
from datetime import datetime
from importlib import import_module
from pathlib import Path
from threading import Timer

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from gunicorn.app.base import Application
from gunicorn.arbiter import Arbiter
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.orm import configure_mappers

from lms.cli.migrations import load_migrate
from lms.config import ROOT, STAGE_NOT_SAID
from lms.content.seeds import fingerprint, shipped_seeds
from lms.domain.values import Language
from lms.extensions import db
from lms.jobs import EVERY, do_what_is_due
from lms.services import calendar, crm_worlds, demonstration, sitting_papers
from lms.services.bank_files import load_seeds, loaded_last

HOST = "127.0.0.1"
M_ARENA_MAX = -8  # malloc.h
LONGEST_ROUND = 600.0  # seconds
PR_SET_PDEATHSIG = 1  # linux/prctl.h
FOR_THE_MASTER = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGCHLD)


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _refuse_if_for_commands_only() -> None:
    """Commands run in development unasked (.flaskenv), with a published key: nobody is to be served so by accident."""
    if not current_app.config["MAY_SERVE"]:
        raise click.ClickException(STAGE_NOT_SAID)


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, envvar="PORT", show_default=True)
@click.option("--workers", type=click.IntRange(1, 32), default=2, envvar="WORKERS", show_default=True)
@with_appcontext
def serve(port: int, workers: int) -> None:
    """Migrate, load the shipped content and serve on 127.0.0.1 (in development with demonstration people)."""
    _refuse_if_for_commands_only()
    if not port_is_free(port):
        raise click.ClickException(f"port {port} is taken; choose another: PORT={port + 1} make run")
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    # What getting ready needs (the bank as files, the migrations) does not stay in the server's memory.
    _child, status = os.waitpid(_in_a_fork(app, prepare, "the site could not be made ready"), 0)
    if status:
        raise SystemExit(1)
    development = app.config["STAGE"] == "development"
    click.echo(welcome(port, app.config["INSTANCE_PATH"]) if development else f"Serving on http://{HOST}:{port}/")
    # Out of the command's application context: every request of the server must make its own.
    Context().run(_run, app, port, workers)


def _in_a_fork(app: Flask, work: Callable[[], object], failed: str) -> int:
    """The id of a child that does ``work`` and ends, at the latest with this process; its memory goes with it.

    Nobody else would see what goes wrong there: it is logged as ``failed``.
    """
    parent = os.getpid()
    if child := os.fork():
        return child
    code = 1
    try:
        for number in FOR_THE_MASTER:
            signal.signal(number, signal.SIG_DFL)
        _end_with(parent)
        with app.app_context():
            work()
        code = 0
    except click.ClickException as error:
        error.show()
    except Exception:
        app.logger.exception(failed)
    finally:
        sys.stdout.flush()
        os._exit(code)


def prepare() -> None:
    """Bring database and content up to date; loses nothing, and does nothing where nothing changed."""
    load_migrate(current_app._get_current_object())  # type: ignore[attr-defined]
    from flask_migrate import upgrade

    upgrade()
    now = current_app.extensions["clock"].now()
    shipped = fingerprint(Path(current_app.config["CONTENT_ROOT"]))
    news = shipped != loaded_last()
    for year in (now.year, now.year + 1):
        if news or not calendar.special_days(year):
            calendar.load_year(None, now, year)
    if news:
        _load_content(shipped, now)
    if current_app.config["STAGE"] == "development":
        demonstration.prepare(now)
    sitting_papers.take_pools_due(now)


def _load_content(shipped: str, now: datetime) -> None:
    seeds = shipped_seeds(Path(current_app.config["CONTENT_ROOT"]))
    if seeds.errors:
        raise click.ClickException("the shipped content has errors; `flask content check` names them")
    report = load_seeds(seeds, now, shipped)
    if report.changed:
        click.echo(f"Question bank loaded: {len(seeds.bank.questions)} questions.")


def welcome(port: int, instance: str) -> str:
    people = "\n".join(f"    {one.number}   {one.name}" for one in demonstration.PEOPLE)
    return (
        f"\n  上岗 Shanggang   http://{HOST}:{port}/\n\n"
        f"  Demonstration people (password for all: {demonstration.PASSWORD})\n{people}\n\n"
        f"  Stop with Ctrl-C. Everything is kept in {instance}.\n"
    )


class Rounds:
    """The program's own work: what is due each minute is done by a fork, and what that touches of the memory that all
    share goes with it (decision 12).
    """

    def __init__(self, app: Flask, ahead: Callable[[Flask], None], longest: float = LONGEST_ROUND) -> None:
        """``ahead``: done at once, beside the first rounds, for what the site will need."""
        self._app, self._longest = app, longest
        self._child = _in_a_fork(app, lambda: ahead(app), "what the site will need could not be made beforehand")
        self._next = 0.0

    def look(self) -> None:
        """Begin a round where one is due; to be called about once a second by whoever waits for our children."""
        if time.monotonic() < self._next or (self._next and _is_there(self._child)):
            return
        self._next = time.monotonic() + EVERY
        self._child = _in_a_fork(self._app, self._round, "the program's own work could not be done")

    def _round(self) -> None:
        """One round. Where something makes it wait without end it is given up, for the next waits for it."""
        patience = Timer(self._longest, self._give_up)
        patience.daemon = True
        patience.start()
        do_what_is_due(self._app)

    def _give_up(self) -> None:
        self._app.logger.error("the program's own work took over %s s; the next round tries again", self._longest)
        os._exit(1)


def _is_there(child: int) -> bool:
    with suppress(ProcessLookupError, PermissionError):  # gone, or its number is another's by now
        os.kill(child, 0)
        return True
    return False


class Master(Arbiter):  # type: ignore[misc]
    """gunicorn's master, which looks after the workers once a second, and after the program's own work with them."""

    def __init__(self, server: "Server") -> None:
        self.rounds = Rounds(server.app, ahead=_get_ahead)
        super().__init__(server)

    def manage_workers(self) -> None:
        super().manage_workers()
        self.rounds.look()


class Server(Application):  # type: ignore[misc]
    """gunicorn with the application that is already in memory, configured by gunicorn.conf.py."""

    def __init__(self, app: Flask, port: int, workers: int) -> None:
        self.app = app
        self.settings = {"bind": f"{HOST}:{port}", "workers": workers}
        super().__init__()

    def load_config(self) -> None:
        self.load_config_from_file(str(ROOT / "gunicorn.conf.py"))
        for name, value in self.settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self.app

    def run(self) -> None:
        Master(self).run()


def _run(app: Flask, port: int, workers: int) -> None:
    """gunicorn here, its workers and the minute's work in forks: one interpreter is imported, all share its memory."""
    _few_arenas()
    _warm(app)
    _give_back_what_is_free()
    gc.freeze()  # what is loaded now stays shared: the collector does not touch it in the forks
    Server(app, port, workers).run()


def _few_arenas() -> None:
    """glibc keeps an arena of memory a thread; two are enough here (as MALLOC_ARENA_MAX=2 would say)."""
    with suppress(OSError, AttributeError):  # another C library has no such call
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)


def _give_back_what_is_free() -> None:
    """What getting warm has left over in glibc's memory: every fork would have it again."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _warm(app: Flask) -> None:
    """What each worker would otherwise make for itself, and keep a copy of, is made once, before the forks."""
    for name in ("gunicorn.glogging", "gunicorn.workers.gthread"):
        import_module(name)
    configure_mappers()
    app.jinja_env.bytecode_cache = _compiled_templates(Path(app.config["INSTANCE_PATH"]))
    for language in Language:
        app.test_client().get("/login", headers={"Accept-Language": language.value}, buffered=True)
    with app.app_context():
        db.engine.dispose()  # no fork inherits a connection


def _compiled_templates(instance: Path) -> FileSystemBytecodeCache:
    """Compiling all templates is a second: who needs one finds it there unless it has changed since."""
    folder = instance / "templates"
    folder.mkdir(mode=0o700, exist_ok=True)  # what lies here is run as code
    return FileSystemBytecodeCache(str(folder))


def _end_with(parent: int) -> None:
    """However ``parent`` ends, kill -9 included, this fork of it is told to stop (Linux; others must be told)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it ended before we asked
        os._exit(0)


def _get_ahead(app: Flask) -> None:
    """Compiled templates and the CRM's world, while the site is up already."""
    _step_back()
    for name in app.jinja_env.list_templates(extensions=["html"]):
        app.jinja_env.get_template(name)
    crm_worlds.ensure_world(app.extensions["clock"].now())


def _build_the_world(app: Flask) -> None:
    """The drills' search index alone: who only works draws no pages."""
    _step_back()
    crm_worlds.ensure_world(app.extensions["clock"].now())


def _step_back() -> None:
    """Whoever uses the site meanwhile goes first."""
    os.nice(15)


@click.command()
@with_appcontext
def worker() -> None:
    """Do the program's own work each minute: hand in what is over, and so on. One process a site is enough."""
    _refuse_if_for_commands_only()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who ended is gone at once, waited for or not
    rounds = Rounds(current_app._get_current_object(), ahead=_build_the_world)  # type: ignore[attr-defined]
    with suppress(KeyboardInterrupt):
        while True:
            rounds.look()
            time.sleep(1)
