# shellcheck shell=bash
# What the platform needs from the system, and how it is installed.

lua_module_there() {
  compgen -G '/usr/lib/nginx/modules/ngx_http_lua_module.so' >/dev/null ||
    compgen -G '/usr/share/nginx/modules/ngx_http_lua_module.so' >/dev/null
}

postgres_there() { compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null; }

# The Debian packages that are missing.
missing_packages() {
  postgres_there || say postgresql
  has redis-server || say redis-server
  has nginx || say nginx
  lua_module_there || say libnginx-mod-http-lua
  has supervisord || say supervisor
  has openssl || say openssl
  has sshd || say openssh-server
  has ssh-keygen || say openssh-client
  has jq || say jq
  has curl || say curl
  has python3 || say python3
  has cc || printf '%s\n' gcc libc6-dev
  has pgrep || say procps
  has make || say make
}

# The Debian packages that only tests need and that are missing.
missing_test_packages() {
  has dropbearkey || say dropbear-bin
  has sudo || say sudo
  has chromium || say chromium
}

# What makes the clocks of single processes wrong.
missing_chaos_packages() {
  has faketime || say faketime
}

# install_packages PACKAGE...: by apt, without starting any system service.
install_packages() {
  has apt-get || fail "these programs are missing: $*" "Install them; their names are those of Debian's packages."
  local -a installer=(bash "$ROOT/scripts/lib/install-packages" "$@")
  if ! is_root; then
    has sudo || fail "these packages are missing: $*" "Run as root: apt-get install $*"
    installer=(sudo "${installer[@]}")
  fi
  "${installer[@]}" || fail "installing $* did not work." "Look at the lines above; then run this script again."
}

# need_packages [LIST...]: installs what is missing of the platform's packages and of further lists.
need_packages() {
  local -a missing
  mapfile -t missing < <(
    missing_packages
    for list in "$@"; do "$list"; done
  )
  if ((${#missing[@]} == 0)); then
    step packages "all there"
    return
  fi
  step packages "installing ${missing[*]}"
  install_packages "${missing[@]}"
}

# Rust is not installed by these scripts: how a machine gets it is its owner's choice.
need_rust() {
  local version
  has cargo || fail "cargo is missing; the platform is built from source." \
    "Install Rust: https://rustup.rs (curl --proto '=https' -sSf https://sh.rustup.rs | sh)"
  version=$(cd "$ROOT" && cargo --version 2>/dev/null | cut -d' ' -f2) || true
  if [[ -z $version || $(printf '%s\n' 1.95.0 "$version" | sort -V | head -1) != 1.95.0 ]]; then
    fail "cargo 1.95 or later is needed; this is ${version:-unusable}." "Run: rustup update stable"
  fi
}
