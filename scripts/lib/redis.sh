# shellcheck shell=bash
# The private Redis: wakes loops, holds no truth. Unix socket only; each service has a user of its own.

# What a service may do there: its own connection, channels opsc:* and streams runs.*.
redis_rights() {
  say "resetchannels &opsc:* ~runs.* ~opsc:* -@all" \
    "+auth +hello +ping +quit +select +reset +client|setname +client|getname +client|id" \
    "+subscribe +psubscribe +unsubscribe +punsubscribe +publish" \
    "+xadd +xread +xreadgroup +xack +xgroup +xlen +xtrim +xpending +xclaim +xautoclaim +xinfo"
}

# Writes settings and users.
configure_redis() {
  local sockets service rights
  sockets=$(socket_dir)
  rights=$(redis_rights)
  mkdir -p "$RUN/redis"
  chmod 700 "$RUN/redis"
  {
    say "user default off resetpass resetkeys resetchannels -@all"
    for service in "${SERVICES[@]}"; do
      # The file holds hashes of the passwords only.
      say "user $service on #$(tr -d '\n' <"$SECRETS/redis/$service" | sha256sum | cut -d' ' -f1) $rights"
    done
  } | put "$RUN/redis/users.acl" 600
  put "$RUN/redis/redis.conf" 600 <<-END
		port 0
		unixsocket "$sockets/redis.sock"
		unixsocketperm 700
		aclfile "$RUN/redis/users.acl"
		dir "$RUN/redis"
		daemonize no
		appendonly yes
		appendfsync everysec
		save ""
		maxmemory 64mb
		maxmemory-policy noeviction
	END
}

redis_answers() {
  local answer
  answer=$(REDISCLI_AUTH=$(<"$SECRETS/redis/auth") redis-cli -s "$(socket_dir)/redis.sock" --user auth ping 2>/dev/null) &&
    [[ $answer == PONG ]]
}
