# Read by the `flask` command only, never by gunicorn: commands in a checkout run in development unless told otherwise.
# `serve` and `worker` do not go by it: they want SHANGGANG_ENV itself.
SHANGGANG_COMMANDS=development
