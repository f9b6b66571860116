# shellcheck shell=bash
# The private PostgreSQL: one cluster under .run, reached by a unix socket and passwords only.

# Folder with the programs of the newest PostgreSQL that is installed.
newest_postgres() {
  dirname "$(printf '%s\n' /usr/lib/postgresql/*/bin/postgres | sort -V | tail -1)"
}

# Folder with the programs that fit the data; the newest for a new cluster.
postgres_bin() {
  local version
  version=$(cat "$RUN/postgres/PG_VERSION" 2>/dev/null) || { newest_postgres; return; }
  [[ -x /usr/lib/postgresql/$version/bin/postgres ]] ||
    fail "PostgreSQL $version is missing, and $RUN/postgres was made by it." \
      "Install postgresql-$version, or remove $RUN/postgres to start without that data."
  say "/usr/lib/postgresql/$version/bin"
}

# PostgreSQL refuses to run as root: there it runs as user postgres.
as_postgres() {
  if is_root; then
    (cd / && exec setpriv --reuid postgres --regid postgres --init-groups -- "$@")
  else
    "$@"
  fi
}

# postgres_folder PATH: a folder that only PostgreSQL's user reads.
postgres_folder() {
  mkdir -p "$1"
  if is_root; then chown postgres:postgres "$1"; fi
  chmod 700 "$1"
}

# Where the data lives, seen by PostgreSQL: outside the project if its user cannot get there.
postgres_data() {
  if postgres_reaches "$RUN"; then say "$RUN/postgres"; else say "/var/tmp/opsconductor-$ROOT_HASH/postgres"; fi
}

# Makes the cluster once.
make_cluster() {
  local data new password
  data=$(postgres_data)
  if [[ $data != "$RUN/postgres" ]]; then
    mkdir -p "$(dirname "$data")"
    [[ -O $(dirname "$data") ]] || fail "$(dirname "$data") belongs to somebody else." "Remove it and run this again."
    # Data whose .run was removed is of no use: its password went with it.
    if [[ ! -L $RUN/postgres && -e $data ]]; then mv "$data" "$data.$(date +%s)"; fi
    ln -sfn "$data" "$RUN/postgres"
  fi
  [[ -e $data/PG_VERSION ]] && return
  new=$data.new
  rm -rf "$new"
  postgres_folder "$new"
  password=$(mktemp)
  cat "$SECRETS/database_admin" >"$password"
  if is_root; then chown postgres "$password"; fi
  as_postgres "$(postgres_bin)/initdb" -D "$new" -U opsc_admin --pwfile="$password" --encoding=UTF8 \
    --locale=C.UTF-8 --auth=scram-sha-256 --no-instructions >"$LOGS/initdb.log" ||
    fail "the database cluster could not be made." "See $LOGS/initdb.log"
  rm -f "$password"
  mv "$new" "$data"
}

# Writes the settings of the cluster.
configure_postgres() {
  local data sockets
  data=$(postgres_data)
  sockets=$(socket_dir)/postgres
  postgres_folder "$sockets"
  put "$data/postgresql.conf" 600 <<-END
		listen_addresses = ''
		unix_socket_directories = '${sockets//\'/\'\'}'
		max_connections = 100
		shared_buffers = 64MB
		max_wal_size = 512MB
		password_encryption = 'scram-sha-256'
		timezone = 'UTC'
		log_timezone = 'UTC'
		log_line_prefix = '%m [%p] %u '
		log_checkpoints = off
		autovacuum_naptime = 60s
	END
  if is_root; then chown postgres:postgres "$data/postgresql.conf"; fi
}

# admin_psql ARGUMENTS...: psql as the superuser of the private cluster.
admin_psql() {
  PGPASSWORD=$(<"$SECRETS/database_admin") psql -qXAt -v ON_ERROR_STOP=1 \
    -h "$(socket_dir)/postgres" -U opsc_admin "$@"
}

postgres_answers() { pg_isready -q -h "$(socket_dir)/postgres"; }

# database_url USER: the address of the platform's database, without a password.
database_url() { say "postgres://$1@localhost/opsconductor?host=$(url_encode "$(socket_dir)/postgres")"; }

# Makes the database, and brings schemas, roles and the first users up to date.
migrate() {
  local bin=$1 log=$LOGS/migrate.log
  if [[ $(admin_psql -d postgres -c "select 1 from pg_database where datname = 'opsconductor'") != 1 ]]; then
    admin_psql -d postgres -c 'create database opsconductor'
  fi
  (
    load_env migrate
    DATABASE_ADMIN_URL=$(database_url "opsc_admin:$(<"$SECRETS/database_admin")")
    export DATABASE_ADMIN_URL
    "$bin/migrate" up && "$bin/migrate" seed
  ) >"$log" 2>&1 || {
    tail -n 15 "$log" >&2
    fail "the database could not be brought up to date." "The lines above are the end of $log"
  }
}
