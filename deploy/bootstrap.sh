#!/bin/sh
# From a bare checkout to a working environment: finds Python, makes .venv, installs the locked packages, hands over.
# Usage: deploy/bootstrap.sh run|test|check|bench|storm|lock      See the Makefile.
set -eu
cd "$(dirname "$0")/.."
goal=${1:-run}
port=${PORT:-8000}
venv=.venv
logs=${DATA_DIR:-var}/log
wanted='import sys; sys.exit(sys.version_info < (3, 12))'
child=
# Containers often set this to stay small. Here it would have each of many processes compile two thousand files anew.
unset PYTHONDONTWRITEBYTECODE

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

# Runs a command that may take long; when we are told to stop, it stops too.
attend() {
  "$@" &
  child=$!
  status=0
  wait "$child" || status=$?
  child=
  return "$status"
}
trap 'trap - INT TERM HUP; [ -z "$child" ] || kill "$child" 2>/dev/null || true; exit 130' INT TERM HUP

candidates() {
  [ -z "${PYTHON:-}" ] || say "$PYTHON"
  # A pyenv shim may point at an old Python although a newer one is installed, so its versions are looked at themselves.
  for minor in 13 14 12; do
    command -v "python3.$minor" || true
    for folder in "${PYENV_ROOT:-${HOME:-/}/.pyenv}/versions/3.$minor".*/bin /opt/homebrew/bin /usr/local/bin \
      "/Library/Frameworks/Python.framework/Versions/3.$minor/bin"; do
      [ ! -x "$folder/python3.$minor" ] || say "$folder/python3.$minor"
    done
  done
  command -v python3 || true
  command -v python || true
}

# Sets `python`, and `old` or `bare` to what was found and did not fit.
find_python() {
  python='' old='' bare=''
  for candidate in $(candidates 2>/dev/null); do
    if ! "$candidate" -c "$wanted" 2>/dev/null; then
      old=${old:-$("$candidate" -c 'import platform; print(platform.python_version())' 2>/dev/null || true)}
    elif ! "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
      bare=${bare:-$candidate}
    else
      python=$candidate
      return
    fi
  done
}

make_venv() {
  find_python
  if [ -n "$python" ]; then
    say "Making $venv with $("$python" -V) ..."
    attend "$python" -m venv --clear "$venv" >"$logs/install.log" 2>&1 ||
      fail "Python could not make $venv; see $logs/install.log. On Debian and Ubuntu: apt install python3-venv"
  elif command -v uv >/dev/null 2>&1; then
    say "Making $venv with uv ..."
    attend uv venv --quiet --clear --seed --python 3.13 "$venv" >"$logs/install.log" 2>&1 ||
      fail "uv could not fetch Python 3.13: check the network connection, or install Python 3.12 or newer, then run make $goal again."
  elif [ -n "$bare" ]; then
    fail "$bare has no venv module. On Debian and Ubuntu: apt install python3-venv   Then run make $goal again."
  else
    fail "Python 3.12 or newer is needed${old:+ and only $old was found}. On Debian 13 and Ubuntu 24.04: apt install python3 python3-venv   On macOS: brew install python@3.13   Then run make $goal again."
  fi
}

# A taken port is told before minutes are spent on the first installation; later `ogpgroup.local` looks more closely.
look_at_port() {
  "$1" - "$port" <<'END' || exit 1
import socket, sys
try:
    port = int(sys.argv[1])
    if not 0 < port < 65536:
        raise ValueError
except ValueError:
    sys.exit(f"PORT must be a number from 1 to 65535, not {sys.argv[1]!r}.")
try:
    with socket.create_connection(("127.0.0.1", port), timeout=1):
        sys.exit(f"Port {port} is taken by another program: choose another one with PORT={port + 1} make run")
except OSError:
    pass
END
}

install() {
  lock=$1
  stamp=$venv/.$2
  state="$(cksum <"$lock") $("$venv/bin/python" -V)"
  [ "$(cat "$stamp" 2>/dev/null)" != "$state" ] || return 0
  # Compiling everything takes half of the time; Python compiles what it uses when it first does.
  say "Installing $(grep -c '^[a-z]' "$lock") packages; this happens once ..."
  if ! attend "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --retries 2 \
    --require-hashes --only-binary :all: --no-compile -r "$lock" >"$logs/install.log" 2>&1; then
    tail -n 3 "$logs/install.log" >&2
    if grep -q -i -E 'connection|temporary failure|name resolution|timed out|max retries|no matching distribution|proxy' "$logs/install.log"; then
      fail "The package index cannot be reached: check the network connection (or name a mirror in PIP_INDEX_URL), then run make $goal again. Details: $logs/install.log"
    fi
    fail "The packages could not be installed; see $logs/install.log, then run make $goal again."
  fi
  say "$state" >"$stamp"
}

mkdir -p "$logs"
if ! "$venv/bin/python" -c "$wanted" 2>/dev/null || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
  if [ "$goal" = run ]; then
    find_python
    [ -z "$python" ] || look_at_port "$python"
  fi
  make_venv
fi
case $goal in
  run)
    # The packages of the tests include those of the run in the same versions, so an environment that has them is complete.
    [ "$(cat "$venv/.tests-of" 2>/dev/null)" = "$(cksum <deploy/requirements.txt)" ] || install deploy/requirements.txt installed
    trap - INT TERM HUP
    exec "$venv/bin/python" -m ogpgroup.local run
    ;;
  test | check | bench | storm | lock)
    programs=
    if [ "$goal" = test ]; then
      "$venv/bin/python" deploy/checks.py programs &
      programs=$!
    fi
    install deploy/requirements-test.txt installed-tests
    [ -z "$programs" ] || wait "$programs" || true
    cksum <deploy/requirements.txt >"$venv/.tests-of"
    trap - INT TERM HUP
    case $goal in
      bench) exec "$venv/bin/python" -m tests.bench ;;
      storm) exec "$venv/bin/python" -m tests.storm ;;
      lock) exec sh deploy/lock.sh ;;
      *) exec "$venv/bin/python" deploy/checks.py "$goal" ;;
    esac
    ;;
  *) fail "Usage: deploy/bootstrap.sh run|test|check|bench|storm|lock" ;;
esac
