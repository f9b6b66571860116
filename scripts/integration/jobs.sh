# shellcheck shell=bash
# Job definitions: strict, versioned.

TOKEN=$OPERATOR name=job-$suffix
set_up_machine
TOKEN=$OPERATOR
body=$(jq -cn --arg name "$name" --arg target "machine-$suffix" '{name: $name, definition: {name: $name, version: 1,
  parameters: {word: "hello"}, steps: [{type: "ssh.exec", target: $target, command: "echo {{ word }}"}]}}')
api POST /api/v1/jobs "$body"
holds "a job is made" ".name == \"$name\" and .version == 1 and .is_active == true and (.id | type == \"number\")
  and .definition.steps[0].type == \"ssh.exec\" and has(\"created_by\") and (.created_at | endswith(\"Z\"))" 201
job=$(field .id)
remember "/api/v1/jobs/$job"
api POST /api/v1/jobs "$body"
problem "a name that is taken" 409
# refused_definition NAME CHANGE: a job with this change of its definition is refused.
refused_definition() {
  api POST /api/v1/jobs "$(jq -c ".name += \"-x\" | .definition |= ($2)" <<<"$body")"
  problem "$1" 400 '.detail | startswith("Invalid job definition: ")'
}
refused_definition "a job without steps" '.steps = []'
refused_definition "a step of an unknown type" '.steps[0].type = "magic.exec"'
refused_definition "a step without a command" 'del(.steps[0].command)'
refused_definition "a step with an unknown field" '.steps[0].colour = "red"'
refused_definition "a time limit of no time" '.steps[0].timeoutSec = 0'
refused_definition "a command with an unknown parameter" '.steps[0].command = "echo {{ nothing }}"'
refused_definition "a file whose content is no base64" '.steps[0] = {type: "ssh.copy", target: .steps[0].target, destPath: "/tmp/x", contentB64: "*"}'
api POST /api/v1/jobs "$(jq -c '.name += "-x" | .definition.steps[0].target = "no-such-machine"' <<<"$body")"
problem "an unknown target" 400 '.detail | contains("no-such-machine")'
api GET "/api/v1/jobs/$job"
holds "one job" ".id == $job"
get_all /api/v1/jobs
holds "the list of jobs" "[.jobs[].id] | index($job) != null"
api PUT "/api/v1/jobs/$job" "$(jq -c '{definition: (.definition | .parameters.word = "bye")}' <<<"$body")"
holds "a changed definition is a new version" '.version == 2'
api PUT "/api/v1/jobs/$job" '{"is_active": false}'
holds "a job is switched off" '.is_active == false'
get_all /api/v1/jobs active_only=true
holds "and is not among the active ones" "[.jobs[].id] | index($job) == null"
api POST "/api/v1/jobs/$job/run" '{}'
problem "and cannot be run" 400
TOKEN=$VIEWER
api GET /api/v1/jobs
status "a viewer sees jobs" 200
api POST /api/v1/jobs "$body"
problem "a viewer cannot make any" 403
api POST "/api/v1/jobs/$job/run" '{}'
problem "a viewer cannot run any" 403
TOKEN=$OPERATOR
api DELETE "/api/v1/jobs/$job"
holds "a job is removed" '.message | length > 0'
api GET "/api/v1/jobs/$job"
problem "and is gone" 404
