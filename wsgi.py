"""The WSGI entry: `gunicorn wsgi:app`, `flask --app wsgi …`."""

import gc

gc.disable()  # what is imported stays: searching it for garbage again and again is a quarter of the start

from lms import create_app  # noqa: E402

app = create_app()

gc.freeze()
gc.enable()
