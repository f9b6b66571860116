# shellcheck shell=bash
# A throw-away PostgreSQL for tests: fast instead of durable, on a free port of 127.0.0.1.

testpg_dir=

# Starts it, exports TEST_DATABASE_URL (a superuser's), and removes all of it when the script ends.
start_testpg() {
  local port
  testpg_dir=$(mktemp -d "/var/tmp/opsc-testpg.XXXXXX")
  trap stop_testpg EXIT
  if is_root; then chown postgres "$testpg_dir"; fi
  as_postgres "$(newest_postgres)/initdb" -D "$testpg_dir/data" -U tester --auth=trust --encoding=UTF8 \
    --locale=C.UTF-8 --no-sync --no-instructions >/dev/null
  port=$(free_port)
  as_postgres tee "$testpg_dir/data/postgresql.conf" >/dev/null <<-END
		listen_addresses = '127.0.0.1'
		port = $port
		unix_socket_directories = '$testpg_dir'
		max_connections = 400
		shared_buffers = 128MB
		fsync = off
		synchronous_commit = off
		full_page_writes = off
		timezone = 'UTC'
	END
  as_postgres "$(newest_postgres)/pg_ctl" -D "$testpg_dir/data" -l "$testpg_dir/log" -w -s start ||
    fail "the PostgreSQL for tests did not start." "See $testpg_dir/log"
  export TEST_DATABASE_URL=postgres://tester@127.0.0.1:$port/postgres
}

stop_testpg() {
  [[ -n $testpg_dir ]] || return 0
  as_postgres "$(newest_postgres)/pg_ctl" -D "$testpg_dir/data" -m immediate -s stop || true
  rm -rf "$testpg_dir"
  testpg_dir=
}
