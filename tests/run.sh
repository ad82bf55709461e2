#!/bin/sh
# Everything: rules and pages on SQLite beside services and pages on PostgreSQL, then a real browser and faults.
set -eu
python=.venv/bin/python

command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || {
    if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
        echo "installing Chromium and a Chinese font for the browser tests"
        apt-get -qq update
        DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium fonts-noto-cjk >/dev/null
    else
        $python -m playwright install chromium
    fi
}

mkdir -p build
TEST_DATABASE=postgresql $python -m pytest -q tests/services tests/web >build/postgresql.log 2>&1 &
postgresql=$!

echo "== rules, services, pages (SQLite)"
status=0
$python -m pytest -q --ignore=tests/browser --ignore=tests/faults || status=1

echo "== services and pages (PostgreSQL)"
wait $postgresql || status=1
cat build/postgresql.log

echo "== browser journeys and faults"
$python -m pytest -q tests/browser tests/faults || status=1
exit $status
