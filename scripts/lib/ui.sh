# shellcheck shell=bash
# Building the web UI: with npm and the lock file, and only when something of it changed.

UI=$ROOT/frontend

# Like Rust, Node.js is not installed by these scripts; Debian's own is too old.
need_node() {
  local version
  has npm || fail "npm is missing; the web UI is built from source." \
    "Install Node.js 20.19 or later: https://nodejs.org/en/download"
  version=$(node --version 2>/dev/null | tr -d v) || true
  if [[ -z $version || $(printf '%s\n' 20.19.0 "$version" | sort -V | head -1) != 20.19.0 ]]; then
    fail "Node.js 20.19 or later is needed; this is ${version:-unusable}." "See https://nodejs.org/en/download"
  fi
}

# Changes with anything that the built UI is made of.
ui_stamp() {
  (cd "$UI" && find src public index.html vite.config.ts tsconfig.json package-lock.json -type f -print0 |
    sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
}

# Installs what the lock file names, unless that is there.
install_ui_packages() {
  local wanted kept=$UI/node_modules/.opsc-lock
  wanted=$(sha256sum <"$UI/package-lock.json")
  [[ $(cat "$kept" 2>/dev/null) == "$wanted" ]] && return
  (cd "$UI" && npm ci --no-audit --no-fund --loglevel=error) && say "$wanted" >"$kept"
}

# Builds what the gateway serves below /app/; quiet when there is nothing to do.
build_ui() {
  local stamp began=$SECONDS log=$LOGS/ui.log
  stamp=$(ui_stamp)
  if [[ $(cat "$UI/dist/.stamp" 2>/dev/null) != "$stamp" ]]; then
    if ! (install_ui_packages && cd "$UI" && npm run --silent build) >"$log" 2>&1; then
      tail -n 30 "$log" >&2
      fail "the web UI could not be built." "The whole text is in $log"
    fi
    say "$stamp" >"$UI/dist/.stamp"
  fi
  step "web UI" "built, done in $((SECONDS - began)) s"
}
