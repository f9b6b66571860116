# shellcheck shell=bash
# Building the programs: release, or what developers build while OPSC_BUILD=dev.

case ${OPSC_BUILD:-release} in
  release) build_flags=(--release) build_folder=release ;;
  dev) build_flags=() build_folder=debug ;;
  *) fail "OPSC_BUILD is \"$OPSC_BUILD\"." "It can be release (default) or dev." ;;
esac

# The folder that the programs are built into.
bin_dir() {
  local target
  target=$(cd "$ROOT" && cargo metadata --no-deps --offline --format-version 1 | jq -r .target_directory)
  say "$target/$build_folder"
}

# Builds all programs; quiet when there is nothing to do.
build() {
  local log=$LOGS/build.log began=$SECONDS
  if [[ ! -e $(bin_dir)/gateway ]]; then step build "from source; the first time takes some minutes"; fi
  if [[ -t 2 ]]; then
    (cd "$ROOT" && cargo build "${build_flags[@]}" --locked --workspace --bins) ||
      fail "the build failed." "The lines above say where."
  elif ! (cd "$ROOT" && cargo build "${build_flags[@]}" --locked --workspace --bins) >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    fail "the build failed." "The whole text is in $log"
  fi
  step build "$build_folder, done in $((SECONDS - began)) s"
}
