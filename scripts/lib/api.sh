# shellcheck shell=bash
# Calls to the platform through its gateway, the way a client would make them.

STATUS='' BODY='' TOKEN=''
api_work=$(mktemp -d)

# api METHOD PATH [BODY] [CURL OPTIONS...]: leaves the answer in STATUS, BODY and `header`.
# Token and body travel by files: arguments can be read by every user of the machine.
api() {
  local method=$1 path=$2 body=${3:-} answer
  local -a options=("${@:4}")
  printf '%s' "$body" >"$api_work/body"
  printf 'Authorization: Bearer %s\n' "$TOKEN" >"$api_work/token"
  [[ -z $TOKEN ]] || options+=(-H "@$api_work/token")
  [[ -z $body ]] || options+=(-H 'Content-Type: application/json' --data-binary "@$api_work/body")
  answer=$(curl -s --max-time 60 --cacert "$RUN/gateway/tls/cert.pem" -X "$method" -D "$api_work/headers" \
    -w '\n%{http_code}' "${options[@]}" "$BASE_URL$path") || true
  STATUS=${answer##*$'\n'}
  BODY=${answer%$'\n'*}
}

# header NAME: a header of the last answer.
header() { tr -d '\r' <"$api_work/headers" | sed -n "s/^$1: //Ip" | tail -1; }

# field FILTER: a value from the last answer's body; nothing if it is not there.
field() { jq -r "$1 // empty" <<<"$BODY" 2>/dev/null || true; }

# json KEY VALUE ...: an object with text values, which may start with a dash.
json() { jq -cn '[$ARGS.positional | _nwise(2) | {(.[0]): .[1]}] | add // {}' --args -- "$@"; }

# login NAME PASSWORD: waits a moment if the gateway asks for patience.
login() {
  local tries
  TOKEN=
  for tries in 1 2 3 4 5; do
    api POST /api/login "$(json username "$1" password "$2")"
    [[ $STATUS == 429 ]] || break
    sleep "$tries"
  done
  TOKEN=$(field .access_token)
}

# get_all PATH: like api GET, for lists that are looked through.
get_all() { api GET "$1?limit=1000${2:+&$2}"; }

# await_run ID SECONDS: waits until a run is over; its state is in the last answer.
await_run() { await "$2" run_is_over "$1" || true; }

run_is_over() {
  api GET "/api/v1/runs/$1"
  [[ $(field .status) == @(succeeded|failed|canceled|needs_attention) ]]
}

gateway_answers() { curl -fs -o /dev/null --max-time 3 --cacert "$RUN/gateway/tls/cert.pem" "$BASE_URL/health"; }

need_platform() {
  gateway_answers || fail "nothing answers at $BASE_URL." "Start the platform with scripts/up"
}
