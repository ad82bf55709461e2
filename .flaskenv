# Read by the `flask` command only, never by gunicorn: commands in a checkout run in development unless told otherwise.
# Nobody is served by it: `serve`, `worker` and `flask run` want SHANGGANG_ENV itself.
SHANGGANG_COMMANDS=development
