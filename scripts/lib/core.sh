# shellcheck shell=bash
# Where things are, what runs, and how the scripts speak. Every script sources this first.
set -euo pipefail
umask 022

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
RUN=$ROOT/.run
SECRETS=$RUN/secrets
LOGS=$RUN/log
ROOT_HASH=$(printf %s "$ROOT" | sha256sum | cut -c1-12)
BASE_URL=https://localhost:8443

# Services in the order in which they are listed; the port is where each answers on 127.0.0.1 before
# it is moved.
SERVICES=(auth users credentials targets jobs executor port-manager gateway)
declare -A SERVICE_PORT=([auth]=3001 [users]=3002 [credentials]=3004 [targets]=3005 [jobs]=3006
  [executor]=3007 [port-manager]=8100 [gateway]=3010)
# shellcheck disable=SC2034  # read by the scripts that source this
PROGRAMS=(postgres redis "${SERVICES[@]}")

# nginx, sshd and others live where ordinary users do not look.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:${CARGO_HOME:-${HOME:-/root}/.cargo}/bin
export PATH ROOT RUN SECRETS LOGS ROOT_HASH BASE_URL

# supervisord, Redis and PostgreSQL read other characters as their own.
unusable='[^[:alnum:] /._+@:,=~-]'
if [[ $ROOT =~ $unusable ]]; then
  printf 'error: the folder of this project has a character in its name that the scripts cannot use: %s\n' "$ROOT" >&2
  exit 1
fi

say() { printf '%s\n' "$*"; }

# step NAME TEXT: one line of progress.
step() { printf '  %-12s %s\n' "$1" "$2"; }

# fail WHAT [REMEDY...]: what is wrong, then what to do about it; ends the script.
fail() {
  printf 'error: %s\n' "$1" >&2
  shift
  (($# == 0)) || printf '       %s\n' "$@" >&2
  exit 1
}

# usage FILE: prints the comment at the head of a script.
usage() { sed -n -E '2,/^([^#]|$)/{s/^# ?//p}' "$1"; }

has() { command -v "$1" >/dev/null 2>&1; }
is_root() { [[ $(id -u) == 0 ]]; }

# role SERVICE: what the service logs in as at the database.
role() { say "opsc_${1//-/_}"; }

is_service() { [[ -n ${SERVICE_PORT[$1]:-} ]]; }

# service_port NAME: where a service answers now: a move is in the map that the gateway keeps.
service_port() {
  local moved=''
  if [[ -s $RUN/gateway/port-map.json ]]; then
    moved=$(jq -r --arg name "$1" '.services[] | select(.name == $name) | .port' "$RUN/gateway/port-map.json" 2>/dev/null) || true
  fi
  say "${moved:-${SERVICE_PORT[$1]}}"
}

# put FILE MODE: writes standard input to FILE, whole or not at all, and only if it differs.
put() {
  local file=$1 mode=$2 new
  new=$(mktemp "$file.XXXXXX")
  cat >"$new"
  chmod "$mode" "$new"
  if cmp -s "$new" "$file"; then rm -f "$new"; else mv -f "$new" "$file"; fi
}

# await SECONDS COMMAND...: repeats the command until it succeeds.
await() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.1
  done
}

# Whether something listens on a port of 127.0.0.1.
port_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A port of 127.0.0.1 that nobody listens on.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    port_open "$port" || break
  done
  say "$port"
}

url_encode() { jq -rn --arg text "$1" '$text | @uri'; }

# The state folder belongs to one user; mixing users breaks it in ways that are hard to read.
check_owner() {
  [[ ! -e $RUN || -O $RUN ]] && return
  fail "$RUN belongs to user $(stat -c %U "$RUN"), and you are $(id -un)." \
    "Run the scripts as $(stat -c %U "$RUN"), or remove that folder to start afresh."
}

# One script at a time changes what runs. Programs that are started must close descriptor 9.
lock() {
  exec 9>"$RUN/lock"
  flock -n 9 && return
  say "Waiting for another script of this folder to finish ..."
  flock 9
}

# Where sockets live: their path may hold 100 bytes at most, and the database's user must get there.
socket_dir() {
  local dir=$RUN/sockets
  if ((${#dir} + 28 < 100)) && postgres_reaches "$RUN"; then
    say "$dir"
  else
    say "/tmp/opsc-$ROOT_HASH"
  fi
}

# Whether the user that runs PostgreSQL can reach a folder.
postgres_reaches() {
  ! is_root || setpriv --reuid postgres --regid postgres --init-groups -- test -x "$1"
}
