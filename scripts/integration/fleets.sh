# shellcheck shell=bash
# Runs on many machines: twenty aliases of one sshd, one of which fails; locks; a command that outlives
# its executor; what is left of a failed run.

set_up_machine
accept_machine
label=fleet:$suffix
broken=fleet-13-$suffix

# One machine under twenty names and ten addresses.
for number in $(seq -w 1 20); do
  TOKEN=$ADMIN
  api POST /api/v1/targets "$(jq -cn --arg name "fleet-$number-$suffix" --arg tag "$label" --argjson number "$((10#$number))" \
    --argjson port "$sshd_port" --argjson credential "$machine_credential" \
    '{name: $name, hostname: "127.0.1.\(($number + 1) / 2 | floor)", protocol: "ssh", port: $port, credential_ref: $credential, tags: [$tag]}')"
  alias=$(field .id)
  [[ -n $alias ]] || bad "an alias is registered" "status 201" "$STATUS $BODY"
  remember "/api/v1/targets/$alias"
  api POST "/api/v1/targets/$alias/host-keys" "$(json algorithm ssh-ed25519 fingerprint "$(host_key_fingerprint)")"
done
TOKEN=$OPERATOR

# make_fleet_job NAME STEPS [FIELDS]: a job on all aliases; its id is in `job`.
make_fleet_job() {
  api POST /api/v1/jobs "$(jq -cn --arg name "$1-$suffix" --arg tag "$label" --argjson steps "$2" --argjson fields "${3:-{\}}" \
    '{name: $name, definition: ({targets: {tags: [$tag]}, steps: $steps} + $fields)}')"
  job=$(field .id)
  [[ -n $job ]] || bad "job $1 is made" "status 201" "$STATUS $BODY"
  remember "/api/v1/jobs/$job"
}

steps=$(jq -cn --arg broken "$broken" --arg mark "$work/mended" '[
  {type: "ssh.exec", name: "greet", command: "echo from {{ target.name }}"},
  {type: "ssh.exec", name: "check", command: ("[ {{ target.name }} != " + $broken + " ] || [ -e " + $mark + " ]")},
  {type: "ssh.exec", name: "done", command: "echo {{ steps.greet.stdout }} again"}]')
make_fleet_job fleet "$steps" '{"strategy": {"order": "target_first", "parallel": 10}}'
start_run
await_run "$run" 60
holds "a run on twenty machines fails where one fails" '.status == "failed" and .steps_total == 60'
fleet_run=$run
api GET "/api/v1/runs/$run/steps"
holds "nineteen machines did all, one stopped at its second step" \
  "[.[] | select(.status == \"succeeded\")] | length == 58 and ([.[] | .target_name] | unique | length == 20)"
holds "the failed machine goes no further" "[.[] | select(.target_name == \"$broken\") | .status] == [\"succeeded\", \"failed\", \"aborted\"]"
holds "each machine knows its own results" 'all(.[] | select(.name == "done" and .status == "succeeded"); .stdout == "from \(.target_name) again\n")'

touch "$work/mended"
api POST "/api/v1/runs/$fleet_run/repeat" '{"scope": "rest"}'
holds "what is left of it is repeated" ".repeats == $fleet_run and .repeat_scope == \"rest\"" 201
run=$(field .id)
await_run "$run" 30
holds "and succeeds" '.status == "succeeded"'
api GET "/api/v1/runs/$run/steps"
holds "without doing again what was done" \
  "[.[] | select(.status == \"succeeded\") | .target_name] | unique == [\"$broken\"]"
api POST "/api/v1/runs/$run/repeat" '{"scope": "failed"}'
problem "a run that succeeded has no failed machines" 409

# What was done is undone when a later step fails.
made=$work/made
steps=$(jq -cn --arg target "machine-$suffix" --arg made "$made" '[
  {type: "ssh.exec", target: $target, name: "make", command: ("touch " + $made + "; echo 7"),
    undo: {type: "ssh.exec", name: "unmake", command: ("rm " + $made + "; echo gone {{ steps.make.stdout }}")}},
  {type: "ssh.exec", target: $target, name: "check", command: ("[ -e " + $made + " ] && exit 4")}]')
api POST /api/v1/jobs "$(jq -cn --arg name "undone-$suffix" --argjson steps "$steps" '{name: $name, definition: {steps: $steps}}')"
job=$(field .id)
remember "/api/v1/jobs/$job"
start_run
failed_run=$run
await_run "$run" 30
holds "a run that fails at a later step is undone by another" '.status == "failed" and .undo_run_id > 0'
run=$(field .undo_run_id)
await_run "$run" 30
holds "that knows what it undoes, and succeeds" ".status == \"succeeded\" and .undoes == $failed_run"
api GET "/api/v1/runs/$run/steps"
holds "with the results of what was done" 'map([.name, .stdout]) == [["unmake", "gone 7\n"]]'
same "nothing of it is left" "no" "$([[ -e $made ]] && echo yes || echo no)"
api POST "/api/v1/runs/$failed_run/undo"
problem "there is nothing more to undo" 409

# One lock, two runs.
make_fleet_job locked '[{"type": "ssh.exec", "command": "sleep 2"}]' "{\"locks\": [\"db-$suffix\"], \"strategy\": {\"parallel\": 20}}"
start_run
holder=$run
run_has_begun() { api GET "/api/v1/runs/$holder" && [[ $(field .status) == running ]]; }
soon "a run with a lock begins" 10 run_has_begun
start_run
api GET "/api/v1/runs/$run"
holds "another one waits, and says for what" "[.waiting[] | select(.code == \"lock\" and .holder_run_id == $holder)] | length > 0"
api POST "/api/v1/runs/$run/cancel"
holds "it can be canceled while it waits" '.status == "canceled"'
await_run "$holder" 30

# An executor that is killed in the middle of a command.
if [[ -e $RUN/supervisord.conf ]]; then
  ledger=$work/lasting
  command="echo begun >> $ledger; for i in \$(seq 60); do echo line \$i; sleep 0.2; done"
  api POST /api/v1/jobs "$(jq -cn --arg name "lasting-$suffix" --arg target "machine-$suffix" --arg command "$command" \
    '{name: $name, definition: {steps: [{type: "ssh.exec", target: $target, command: $command}]}}')"
  job=$(field .id)
  remember "/api/v1/jobs/$job"
  start_run
  has_begun() { [[ -s $ledger ]]; }
  soon "a long command begins" 10 has_begun
  kill -9 "$(supervisorctl -c "$RUN/supervisord.conf" pid executor)"
  await_run "$run" 60
  holds "an executor is killed, the command goes on, the run succeeds" '.status == "succeeded"'
  api GET "/api/v1/runs/$run/steps"
  same "its output is whole" "$(seq -f 'line %g' 60)" "$(field '.[0].stdout')"
  holds "another claim has followed it" '.[0].epoch == 2 and .[0].metrics.reattached == 1'
  same "it was started once" "begun" "$(cat "$ledger")"
fi
