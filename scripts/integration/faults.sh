# shellcheck shell=bash
# Outside faults on the platform of this machine: Redis killed, PostgreSQL away for 30 s, an executor
# killed in the middle of a step, the gateway reloaded under load. Takes about two minutes, so it is
# walked only when it is named.

supervisor() { supervisorctl -c "$RUN/supervisord.conf" "$@"; }
[[ -e $RUN/supervisord.conf ]] || fail "the platform of this checkout is not up." "Start it with scripts/up"

set_up_machine
accept_machine
TOKEN=$OPERATOR
ledger=$work/ledger

# make_job NAME STEP: a job with one step on the checks' machine; its id is in `job`.
make_job() {
  api POST /api/v1/jobs "$(jq -cn --arg name "$1-$suffix" --arg target "machine-$suffix" --argjson step "$2" \
    '{name: $name, definition: {steps: [$step + {type: "ssh.exec", target: $target}]}}')"
  job=$(field .id)
  remember "/api/v1/jobs/$job"
}

run_has_status() { api GET "/api/v1/runs/$1" && [[ $(field .status) == "$2" ]]; }
first_line_is_written() { [[ -s $ledger ]]; }
targets_answer() { api GET /api/v1/targets && [[ $STATUS == 200 ]]; }

# Redis.
make_job quick '{"command": "true"}'
kill -9 "$(supervisor pid redis)"
api GET /api/v1/targets
status "without Redis, reads are answered" 200
login operator operator123
status "without Redis, people sign in" 200
TOKEN=$OPERATOR
start_run
await_run "$run" 15
holds "without Redis, a run starts within a second or so" '.status == "succeeded"
  and ((.started_at[:19] + "Z" | fromdate) - (.queued_at[:19] + "Z" | fromdate) <= 2)'

# PostgreSQL.
make_job survivor '{"command": "sleep 12; echo survived", "timeoutSec": 60}'
start_run
soon "a run is under way" 10 run_has_status "$run" running
sleep 1 # its command is sent within a moment
supervisor stop postgres >/dev/null
began=$SECONDS
api GET /api/v1/targets
problem "without PostgreSQL, the answer is 503" 503 '.code | startswith("unavailable.")'
api POST /api/login "$(json username admin password admin123)"
problem "and so is a sign-in" 503
sleep $((30 - (SECONDS - began)))
supervisor start postgres >/dev/null
soon "once it is back, all is well within 5 s" 5 targets_answer
await_run "$run" 30
holds "the step that was running is recorded" '.status == "succeeded"'
api GET "/api/v1/runs/$run/steps"
holds "with its output, run once" '.[0].stdout == "survived\n" and .[0].epoch == 1'

# The executor.
make_job once "$(jq -cn --arg ledger "$ledger" '{detach: "never", command: ("echo run >> " + $ledger + "; sleep 40")}')"
start_run
await 15 first_line_is_written
kill -9 "$(supervisor pid executor)"
soon "a step whose executor was killed waits for a person within 20 s" 20 run_has_status "$run" needs_attention
api GET "/api/v1/runs/$run/steps"
holds "its outcome is unknown" '.[0].status == "unknown" and .[0].reason == "lost_executor"'
sleep 5
same "and it was not run twice" 1 "$(wc -l <"$ledger")"
step=$(field '.[0].id')
api POST "/api/v1/runs/$run/steps/$step/resolve" '{"decision": "failed"}'
holds "a person decides" '.status == "failed"'

rm -f "$ledger"
make_job again "$(jq -cn --arg ledger "$ledger" '{idempotent: true,
  command: ("echo run >> " + $ledger + "; [ $(wc -l < " + $ledger + ") -gt 1 ] || sleep 40")}')"
start_run
await 15 first_line_is_written
kill -9 "$(supervisor pid executor)"
await_run "$run" 40
holds "a step that may be repeated is run again" '.status == "succeeded"'
same "once more" 2 "$(wc -l <"$ledger")"

# The gateway.
# shellcheck disable=SC2016  # the shell of the machine expands it
make_job told '{"command": "seq 100 | while read -r n; do echo $n; sleep 0.1; done"}'
start_run
told=$run
make_job often '{"command": "true"}'
TOKEN=$OPERATOR BASE_URL=$BASE_URL python3 "$ROOT/scripts/lib/reload_load.py" 12 "$job" "$told" >"$work/load" &
load=$!
for _ in {1..10}; do
  sleep 1
  kill -HUP "$(<"$RUN/gateway/run/nginx.pid")"
done
wait "$load"
STATUS=200 BODY=$(<"$work/load")
holds "ten reloads of the gateway under load: no request fails" '.failed == [] and .requests > 500'
holds "none is done twice" '.runs > 20 and .distinct_runs == .runs'
holds "a stream goes on without a gap" '.stream.misses == 0 and .stream.text == ([range(1; 101)] | map("\(.)\n") | add)'
jq -r '"     \(.requests) requests, \(.again) sent once more, \(.runs) runs started, \(.stream.streams) streams of one run"' <<<"$BODY"
