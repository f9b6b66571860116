# shellcheck shell=bash
# Settings of the services: one file each under .run/env, lines NAME=VALUE, read as they stand.

# What every service reads.
common_settings() {
  local name=$1
  say "OPSC_PROFILE=development"
  say "HOST=127.0.0.1"
  say "PORT=${SERVICE_PORT[$name]}"
  say "LOG_LEVEL=info"
  say "LOG_FORMAT=json"
  say "DRAIN_SECONDS=10"
  say "WORKER_THREADS=2"
  say "SERVICE_SECRET_FILE=$SECRETS/services/service_$name"
  say "REDIS_URL=redis+unix://$(socket_dir)/redis.sock"
  say "REDIS_USERNAME=$name"
  say "REDIS_PASSWORD_FILE=$SECRETS/redis/$name"
  local service variable
  for service in "${SERVICES[@]}"; do
    variable=${service^^}_URL
    [[ $service == gateway ]] || say "${variable//-/_}=http://127.0.0.1:${SERVICE_PORT[$service]}"
  done
  [[ $name == gateway ]] && return
  say "DATABASE_URL=$(database_url "$(role "$name")")"
  say "DATABASE_PASSWORD_FILE=$SECRETS/database/$(role "$name")"
}

# What only this service reads.
own_settings() {
  case $1 in
    auth)
      say "AUTH_KEY_FILE=$SECRETS/auth_key"
      say "SERVICE_SECRETS_DIR=$SECRETS/services"
      ;;
    users)
      say "PASSWORD_PEPPER_FILE=$SECRETS/pepper"
      say "AUDIT_KEY_FILE=$SECRETS/audit_key"
      say "AUDIT_HEAD_FILE=$RUN/audit/head"
      ;;
    credentials) say "KEK_FILE=$SECRETS/kek" ;;
    executor | jobs) say "OUTPUT_DIR=$RUN/output" ;;
    port-manager)
      # The whole suite runs on this machine, its Hub, Ninja and Ledger as well, if at all.
      say "SERVICE_HOST_TEMPLATE=127.0.0.1"
      say "HUB_URL=http://127.0.0.1:8001"
      say "NINJA_URL=http://127.0.0.1:8002"
      say "LEDGER_URL=http://127.0.0.1:8015"
      say "GATEWAY_URL=http://127.0.0.1:${SERVICE_PORT[gateway]}"
      ;;
    gateway)
      say "GATEWAY_STATE_DIR=$RUN/gateway"
      say "GATEWAY_UI_DIR=$ROOT/frontend/dist"
      say "GATEWAY_HTTPS_PORT=8443"
      say "GATEWAY_HTTP_PORT=8080"
      ;;
  esac
}

# Settings that a person adds in .env: lines SERVICE.NAME=VALUE, or NAME=VALUE for all.
local_settings() {
  local file=$ROOT/.env
  [[ -e $file ]] || return 0
  sed -n -E "s/^$1\.([A-Z_]+=.*)/\1/p; t; /^[A-Z_]+=/p" "$file"
}

# Writes the settings of every service and of the migrator.
write_settings() {
  local service
  mkdir -p "$RUN/env" "$RUN/audit" "$RUN/output" "$RUN/gateway"
  chmod 700 "$RUN/env" "$RUN/audit" "$RUN/output"
  for service in "${SERVICES[@]}"; do
    { common_settings "$service"; own_settings "$service"; local_settings "$service"; } |
      put "$RUN/env/$service" 600
  done
  put "$RUN/env/migrate" 600 <<-END
		OPSC_PROFILE=development
		DB_PASSWORD_DIR=$SECRETS/database
		PASSWORD_PEPPER_FILE=$SECRETS/pepper
	END
}

# load_env NAME: exports the settings of a service; a later line wins.
load_env() {
  local line
  while IFS= read -r line; do
    [[ $line == [A-Z]*=* ]] && export "${line?}"
  done <"$RUN/env/$1"
}
