# Read by the `flask` command only, never by gunicorn: commands in a checkout run in development unless told otherwise.
SHANGGANG_ENV=development
