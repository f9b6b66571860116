# shellcheck shell=bash
# Checks: one line each, counted.

passed=0 failed=0

good() {
  passed=$((passed + 1))
  printf 'ok   %s\n' "$1"
}

# bad NAME EXPECTED GOT: tokens in the answer are not shown.
bad() {
  failed=$((failed + 1))
  printf 'FAIL %s: expected %s, got %s\n' "$1" "$2" \
    "$(tr '\n' ' ' <<<"$3" | sed -E 's/("(access|refresh)_token":")[^"]*/\1***/g' | cut -c1-300)"
}

# same NAME EXPECTED GOT
same() { if [[ $2 == "$3" ]]; then good "$1"; else bad "$1" "$2" "${3:-nothing}"; fi; }

# status NAME CODE: the status of the last answer.
status() { if [[ $STATUS == "$2" ]]; then good "$1"; else bad "$1" "status $2" "$STATUS $BODY"; fi; }

# holds NAME FILTER [STATUS]: the last answer has this status (200) and its body fits a jq filter.
holds() {
  if [[ $STATUS != "${3:-200}" ]]; then
    bad "$1" "status ${3:-200}" "$STATUS $BODY"
  elif ! jq -e "$2" <<<"$BODY" >/dev/null 2>&1; then
    bad "$1" "a body that fits $2" "$BODY"
  else
    good "$1"
  fi
}

# problem NAME STATUS [FILTER]: the last answer is a problem as RFC 9457 describes it.
problem() {
  local kind
  kind=$(header content-type)
  if [[ $kind != application/problem+json* ]]; then
    bad "$1" "status $2 as application/problem+json" "$STATUS $kind $BODY"
  else
    holds "$1" "(.status == $2) and (.code | type == \"string\") and (.detail | length > 0)
      and (.request_id | length > 0) and (${3:-true})" "$2"
  fi
}

# refused_field NAME FIELD: the last answer is a 400 that names the field.
refused_field() { problem "$1" 400 "[.errors[]?.field] | any(. == \"$2\" or startswith(\"$2\"))"; }

# soon NAME SECONDS COMMAND...: the command succeeds within some seconds.
soon() {
  local name=$1 seconds=$2
  shift 2
  if await "$seconds" "$@"; then good "$name"; else bad "$name" "it within $seconds s" "$STATUS $BODY"; fi
}

# summary: the last line; ends the script with the number of failures.
summary() {
  printf '%d passed, %d failed\n' "$passed" "$failed"
  exit $((failed > 100 ? 100 : failed))
}
