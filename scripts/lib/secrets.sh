# shellcheck shell=bash
# Secrets of this platform: made once, random, readable by their owner only.

# secret PATH: makes the secret at .run/secrets/PATH if it is not there.
secret() {
  local file=$SECRETS/$1 new
  [[ -s $file ]] && return
  mkdir -p "$(dirname "$file")"
  new=$(umask 077 && mktemp "$file.XXXXXX")
  openssl rand -hex 32 >"$new"
  mv -f "$new" "$file"
}

# Makes every secret that is missing.
make_secrets() {
  local service
  (umask 077 && mkdir -p "$SECRETS")
  secret kek
  secret pepper
  secret audit_key
  secret auth_key
  secret database_admin
  for service in "${SERVICES[@]}"; do
    secret "services/service_$service"
    secret "redis/$service"
    [[ $service == gateway ]] || secret "database/$(role "$service")"
  done
}
