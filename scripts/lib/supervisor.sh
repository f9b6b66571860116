# shellcheck shell=bash
# supervisord: starts the programs, keeps them up, stops them.

supervisor_conf=$RUN/supervisord.conf

program_settings() {
  local name=$1 signal=TERM priority=20 wait=20
  case $name in
    # INT: PostgreSQL ends sessions instead of waiting for them.
    postgres) signal=INT priority=1 wait=60 ;;
    redis) priority=2 ;;
    gateway) priority=30 ;;
  esac
  cat <<-END

		[program:$name]
		command="$ROOT/scripts/lib/run-program" $name
		priority=$priority
		autostart=false
		autorestart=true
		startsecs=1
		startretries=3
		stopsignal=$signal
		stopwaitsecs=$wait
		killasgroup=true
		redirect_stderr=true
		stdout_logfile=$LOGS/$name.log
		stdout_logfile_maxbytes=10MB
		stdout_logfile_backups=2
	END
}

configure_supervisor() {
  local sockets name
  sockets=$(socket_dir)
  {
    cat <<-END
		[supervisord]
		logfile=$LOGS/supervisord.log
		logfile_maxbytes=5MB
		logfile_backups=1
		pidfile=$RUN/supervisord.pid
		directory=$ROOT
		identifier=opsconductor
		user=$(id -un)
		minfds=4096

		[unix_http_server]
		file=$sockets/supervisor.sock
		chmod=0700

		[rpcinterface:supervisor]
		supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

		[supervisorctl]
		serverurl=unix://$sockets/supervisor.sock
	END
    for name in "${PROGRAMS[@]}"; do program_settings "$name"; done
  } | put "$supervisor_conf" 600
}

# ask METHOD NAME: tells supervisord to start or stop a program, without waiting for it.
ask() {
  curl -fs -o /dev/null --max-time 5 --unix-socket "$(socket_dir)/supervisor.sock" \
    -H 'Content-Type: text/xml' http://localhost/RPC2 --data-binary "<methodCall>
      <methodName>supervisor.$1</methodName><params>
      <param><value><string>$2</string></value></param>
      <param><value><boolean>0</boolean></value></param></params></methodCall>"
}

ctl() { supervisorctl -c "$supervisor_conf" "$@"; }

# arguments PID: the command line of a process.
arguments() { tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline"; }

supervisor_pid() {
  local pid
  pid=$(cat "$RUN/supervisord.pid" 2>/dev/null) && [[ -e /proc/$pid ]] || return 1
  [[ $(arguments "$pid") == *"$supervisor_conf"* ]] && say "$pid"
}

supervisor_up() { supervisor_pid >/dev/null; }

supervisor_answers() { ctl pid >/dev/null 2>&1; }

# Starts supervisord with a small environment, or hands a running one its changed file.
start_supervisor() {
  if supervisor_up; then
    ctl reread >/dev/null && ctl update >/dev/null
    return
  fi
  sweep
  env -i PATH="$PATH" HOME="${HOME:-/}" LANG=C.UTF-8 OPSC_RUN="$RUN" \
    supervisord -c "$supervisor_conf" >"$LOGS/supervisord.start.log" 2>&1 9>&- ||
    fail "supervisord did not start." "See $LOGS/supervisord.start.log"
  await 10 supervisor_answers || fail "supervisord does not answer." "See $LOGS/supervisord.log"
}

# The processes of this platform, supervised or left over: pid and name.
our_processes() {
  local dir pid name bin
  bin=$(cat "$RUN/state/bin" 2>/dev/null) || true
  for dir in /proc/[0-9]*; do
    pid=${dir#/proc/}
    [[ $pid != "$$" ]] || continue
    name=$(<"$dir/comm") || continue
    if grep -qzxF -- "OPSC_RUN=$RUN" "$dir/environ"; then
      say "$pid $name"
    elif is_service "$name" && ! cat "$dir/environ" >/dev/null && [[ $(arguments "$pid") == "$bin/$name " ]]; then
      # A process that hides its memory hides its environment, too.
      say "$pid $name"
    elif [[ $name == @(nginx|sshd|postgres|redis-server) && $(arguments "$pid") == *"$RUN/"* ]]; then
      say "$pid $name"
    fi
  done 2>/dev/null
}

# Ends what is left over of this platform: politely, then not.
sweep() {
  local signal pid
  for signal in TERM INT KILL; do
    [[ -n $(our_processes) ]] || return 0
    while read -r pid _; do kill "-$signal" "$pid" 2>/dev/null || true; done < <(our_processes)
    await 10 nothing_runs || true
  done
}

nothing_runs() { [[ -z $(our_processes) ]]; }

# What a program would be if it were started now: its binary, settings and secrets.
stamp() {
  local name=$1 binary
  local -a files
  case $name in
    postgres) binary=$(postgres_bin)/postgres files=("$(postgres_data)/postgresql.conf") ;;
    redis) binary=$(command -v redis-server) files=("$RUN/redis/redis.conf" "$RUN/redis/users.acl") ;;
    *) binary=$(<"$RUN/state/bin")/$name files=("$RUN/env/$name" "$SECRETS") ;;
  esac
  {
    stat -Lc '%n %s %y' "$binary"
    find "${files[@]}" -type f -exec sha256sum {} + | sort
  } | sha256sum | cut -d' ' -f1
}

# Names of the running programs whose binary or settings changed since they were started.
stale_programs() {
  local name
  for name in "$@"; do
    [[ $(cat "$RUN/state/$name.stamp" 2>/dev/null) == "$(stamp "$name")" ]] || say "$name"
  done
}

none_is_stopping() { [[ $(ctl status) != *STOPPING* ]]; }

running_programs() { ctl status | awk '$2 == "RUNNING" || $2 == "STARTING" { print $1 }'; }
