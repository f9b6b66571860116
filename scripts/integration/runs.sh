# shellcheck shell=bash
# Runs on a real machine: order, output, failure, repeats, the end before the end.

set_up_machine
accept_machine
TOKEN=$OPERATOR
file=$work/copied.txt

# make_job NAME STEPS [PARAMETERS]: a job on the checks' machine; its id is in `job`.
make_job() {
  api POST /api/v1/jobs "$(jq -cn --arg name "$1-$suffix" --arg target "machine-$suffix" --argjson steps "$2" --argjson parameters "${3:-null}" \
    '{name: $name, definition: {name: $name, version: 1, parameters: ($parameters // {}), steps: [$steps[] | .target = $target]}}')"
  job=$(field .id)
  [[ -n $job ]] || bad "job $1 is made" "status 201" "$STATUS $BODY"
  remember "/api/v1/jobs/$job"
}

steps=$(jq -cn --arg file "$file" --arg content "$(base64 <<<'from a file')" '[
  {type: "ssh.copy", destPath: $file, contentB64: $content},
  {type: "ssh.exec", command: ("cat " + $file + "; printf \"%s\\n\" {{ word }}; echo to stderr >&2")}]')
make_job two-steps "$steps" '{"word": "hello"}'
word="it's \"quoted\"; \$(id) \`id\` \\ end"
start_run "$(jq -cn --arg word "$word" '{parameters: {word: $word}}')"
holds "a run is started" ".job_id == $job and (.status == \"queued\" or .status == \"running\") and has(\"requested_by\") and has(\"correlation_id\")
  and (.queued_at | endswith(\"Z\")) and has(\"started_at\") and has(\"finished_at\") and (.parameters | type == \"object\")" 201
await_run "$run" 30
holds "it succeeds" '.status == "succeeded" and (.finished_at | endswith("Z"))'
api GET "/api/v1/runs/$run/steps"
holds "its steps ran in order" "[.[].idx] == ([.[].idx] | sort) and [.[].type] == [\"ssh.copy\", \"ssh.exec\"] and all(.[]; .status == \"succeeded\" and .job_run_id == $run)"
same "a file was copied, and a parameter with quotes is one word" "from a file"$'\n'"$word" "$(field '.[1].stdout')"
same "stderr is kept apart" "to stderr" "$(field '.[1].stderr')"
holds "the exit code is 0" '.[1].exit_code == 0'
same "the file is on the machine" "from a file" "$(cat "$file" 2>/dev/null)"
second=$(field '.[1].id')
api GET "/api/v1/runs/$run/steps/$second/output?stream=stderr"
holds "output is read by lines and streams" '[.lines[].text] == ["to stderr"] and .total_lines == 3 and .dropped == []'
api GET "/api/v1/runs/$run/steps/$second/output?q=STDERR"
holds "and searched" '[.lines[].text] == ["to stderr"]'
api GET "/api/v1/runs/$run/steps/$second/output/download?stream=stderr"
same "and downloaded, byte for byte" "to stderr"$'\n' "$BODY"
api GET "/api/v1/runs/$run/events"
same "the log of a run ends with its state" "run.succeeded end" "$(sed -n 's/^event: //p' <<<"$BODY" | tail -2 | paste -sd' ')"
api GET "/api/v1/runs?job_id=$job"
holds "the run is in the list" ".total == 1 and .runs[0].id == $run"
start_run '{"colour": "red"}'
problem "an unknown parameter" 400

make_job failing '[{"type": "ssh.exec", "command": "exit 7"}, {"type": "ssh.exec", "command": "echo never"}]'
start_run
await_run "$run" 30
holds "an exit code other than 0 fails the run" '.status == "failed"'
api GET "/api/v1/runs/$run/steps"
holds "and stops it" '.[0].status == "failed" and .[0].exit_code == 7 and .[1].status == "aborted" and .[1].started_at == null'

make_job slow '[{"type": "ssh.exec", "command": "sleep 0.2", "timeoutSec": 60}]'
start_run '{}' -H "Idempotency-Key: key-$suffix"
first=$run
start_run '{}' -H "Idempotency-Key: key-$suffix"
same "the same key and body is the same run" "$first" "$run"
make_job keyed '[{"type": "ssh.exec", "command": "true"}]' '{"word": "hello"}'
start_run '{"word": "one"}' -H "Idempotency-Key: other-$suffix"
start_run '{"word": "two"}' -H "Idempotency-Key: other-$suffix"
problem "the same key with another body" 422

make_job endless '[{"type": "ssh.exec", "command": "echo begun; sleep 600"}, {"type": "ssh.exec", "command": "echo never"}]'
start_run
api POST "/api/v1/runs/$run/cancel"
status "a run is canceled" 200
await_run "$run" 30
holds "and ends" '.status == "canceled"'
api GET "/api/v1/runs/$run/steps"
holds "without its later steps" '.[1].status == "aborted"'
api POST "/api/v1/runs/$run/cancel"
problem "a run that is over cannot be canceled" 409

# A run that no executor has taken yet: for that, the executor of this platform rests a moment.
if [[ -e $RUN/supervisord.conf ]] && supervisorctl -c "$RUN/supervisord.conf" stop executor >/dev/null 2>&1; then
  start_run
  holds "without an executor, a run waits" '.status == "queued"' 201
  api POST "/api/v1/runs/$run/cancel"
  holds "a waiting run is canceled at once" '.status == "canceled"'
  supervisorctl -c "$RUN/supervisord.conf" start executor >/dev/null
fi

make_job called '[{"type": "ssh.exec", "command": "echo called by {{ who }}"}]' '{"who": "nobody"}'
called=$job
calling=$(jq -cn --arg job "called-$suffix" '{steps: [
  {type: "job", name: "call", job: $job, parameters: {who: "{{ word }}"}},
  {type: "wait", name: "after", for: {seconds: 0}, when: "steps.call.status == \"succeeded\""}], parameters: {word: "ana"}}')
api POST /api/v1/jobs "$(jq -cn --arg name "calling-$suffix" --argjson definition "$calling" '{name: $name, definition: $definition}')"
job=$(field .id)
remember "/api/v1/jobs/$job"
start_run
await_run "$run" 30
holds "a step runs another job" '.status == "succeeded"'
api GET "/api/v1/runs/$run/steps"
holds "and leads to its run" '.[0].child_run_id > 0 and .[1].status == "succeeded"'
child=$(field '.[0].child_run_id')
api GET "/api/v1/runs/$child"
holds "which knows whose it is" ".parent_run_id == $run and .job_id == $called and .parameters.who == \"ana\""
api GET "/api/v1/runs/$child/steps"
holds "and was told what the step says" '.[0].stdout == "called by ana\n"'

make_job unreachable '[{"type": "ssh.exec", "command": "true"}]'
TOKEN=$ADMIN
api PUT "/api/v1/targets/$machine" '{"port": 1}'
TOKEN=$OPERATOR
start_run
await_run "$run" 40
api GET "/api/v1/runs/$run/steps"
holds "an unreachable machine fails the step and says so" '.[0].status == "failed" and .[0].reason == "unreachable"'
TOKEN=$ADMIN
api PUT "/api/v1/targets/$machine" "{\"port\": $sshd_port}"
TOKEN=$VIEWER
api GET /api/v1/runs
status "a viewer sees runs" 200
api GET /api/v1/runs/999999999
problem "a run that does not exist" 404
