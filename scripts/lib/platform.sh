# shellcheck shell=bash
# The platform as a whole: prepare, start, wait, stop.

for part in packages build ui secrets postgres redis settings supervisor; do
  # shellcheck source=/dev/null
  source "$ROOT/scripts/lib/$part.sh"
done
unset part

make_folders() {
  local sockets
  mkdir -p "$RUN/state" "$LOGS"
  chmod 755 "$RUN"
  chmod 700 "$RUN/state" "$LOGS"
  sockets=$(socket_dir)
  [[ -d $sockets ]] || mkdir -m 711 "$sockets"
  [[ -O $sockets && ! -L $sockets ]] || fail "$sockets is not a folder of $(id -un)." "Remove it and run this again."
}

# Brings secrets, settings and the cluster into being; changes nothing that is right.
prepare() {
  make_secrets
  make_cluster
  configure_postgres
  configure_redis
  write_settings
  configure_supervisor
}

# ensure_running PROGRAM...: starts what is stopped, restarts what is stale. A program that does
# not start shows in the wait that follows, with its log.
ensure_running() {
  local name pid
  local -a running stale pids=()
  mapfile -t running < <(running_programs)
  mapfile -t stale < <(stale_programs "$@")
  for name in "$@"; do
    if [[ " ${running[*]} " != *" $name "* ]]; then
      check_port "$name"
      ask startProcess "$name" || true
    elif [[ " ${stale[*]} " == *" $name "* ]]; then
      ctl restart "$name" >/dev/null 2>&1 9>&- &
      pids+=($!)
    fi
  done
  for pid in "${pids[@]}"; do wait "$pid" || true; done
}

# Refuses to start a service whose port another program holds.
check_port() {
  local port
  local -a ports=()
  if is_service "$1"; then ports=("$(service_port "$1")"); fi
  if [[ $1 == gateway ]]; then ports+=(8443 8080); fi
  for port in "${ports[@]}"; do
    port_open "$port" || continue
    fail "port $port is taken by another program, and $1 needs it." \
      "See which one: ss -ltnp 'sport = :$port'. Stop it, then run scripts/up again."
  done
}

service_ready() {
  curl -fs -o /dev/null --max-time 2 "http://127.0.0.1:$(service_port "$1")/health/ready" &&
    { [[ $1 != gateway ]] || curl -fsk -o /dev/null --max-time 2 "$BASE_URL/health"; }
}

# await_program SECONDS NAME CHECK...: waits, and shows the end of the log if it was in vain.
await_program() {
  local deadline=$((SECONDS + $1)) name=$2 tries=0
  shift 2
  until "$@"; do
    # Every few tries: does it still try to start?
    if ((SECONDS >= deadline)) || { ((++tries % 20 == 0)) && [[ $(ctl status "$name") == *FATAL* ]]; }; then
      printf '\n%s does not start; the end of its log:\n' "$name" >&2
      tail -n 15 "$LOGS/$name.log" 2>/dev/null | cut -c1-400 >&2 || true
      fail "$name is not ready." "More: scripts/logs $name   State: scripts/status"
    fi
    sleep 0.1
  done
}

start_stores() {
  ensure_running postgres redis
  await_program 60 postgres postgres_answers
  await_program 20 redis redis_answers
}

start_services() {
  local service
  ensure_running "${SERVICES[@]}"
  for service in "${SERVICES[@]}"; do await_program 60 "$service" service_ready "$service"; done
}

# Stops everything; nothing is left running.
stop_platform() {
  local service
  if supervisor_up; then
    # Services end before the stores that they finish their work in.
    for service in "${SERVICES[@]}"; do ask stopProcess "$service" || true; done
    await 40 none_is_stopping || true
    ctl stop all >/dev/null 2>&1 || true
    ctl shutdown >/dev/null 2>&1 || true
    await 90 supervisor_gone || true
  fi
  sweep
  nothing_runs || fail "these processes do not end:" "$(our_processes)"
  rm -f "$RUN"/state/*.stamp
}

supervisor_gone() { ! supervisor_up; }
