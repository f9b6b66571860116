# shellcheck shell=bash
# Machines: their records, and reaching one for real.

TOKEN=$OPERATOR name=web-$suffix
set_up_machine
TOKEN=$OPERATOR
body=$(jq -cn --arg name "$name" --argjson credential "$machine_credential" '{name: $name, hostname: "web.example.org", credential_ref: $credential}')
api POST /api/v1/targets "$body"
holds "a target is made; what is not said is winrm on 5985" ".name == \"$name\" and .hostname == \"web.example.org\" and .protocol == \"winrm\"
  and .port == 5985 and .credential_ref == $machine_credential and .tags == [] and .metadata == {} and .depends_on == []
  and (.id | type == \"number\") and (.created_at | endswith(\"Z\"))" 201
web=$(field .id)
remember "/api/v1/targets/$web"
api POST /api/v1/targets "$body"
problem "a name that is taken" 409
# refused FIELD CHANGE NAME: a target with this change is refused, naming the field.
refused() {
  api POST /api/v1/targets "$(jq -c ".name += \"-x\" | $2" <<<"$body")"
  refused_field "$3" "$1"
}
refused port '.port = 70000' "a port out of range"
refused port '.port = "ssh"' "a port that is no number"
refused protocol '.protocol = "telnet"' "a protocol that does not exist"
refused hostname '.hostname = "http://web"' "a hostname that is an address of a page"
refused hostname 'del(.hostname)' "a target without a hostname"
refused credential_ref '.credential_ref = 999999999' "a credential that does not exist"
refused depends_on '.depends_on = [999999999]' "a dependency that does not exist"
refused colour '.colour = "red"' "an unknown field"

api POST /api/v1/targets "$(jq -c --argjson web "$web" '.name += "-db" | .protocol = "ssh" | .port = 2222 | .tags = ["role:db", "env:check"]
  | .depends_on = [$web] | .metadata = {rack: 7}' <<<"$body")"
holds "a target with tags, metadata and a dependency" ".tags == [\"env:check\", \"role:db\"] or .tags == [\"role:db\", \"env:check\"]" 201
db=$(field .id)
remember "/api/v1/targets/$db"
api GET "/api/v1/targets/$db"
holds "one target" ".depends_on == [$web] and .metadata.rack == 7 and .port == 2222"
api GET "/api/v1/targets?tag=role:db&search=$suffix"
holds "targets by tag" ".total == 1 and .targets[0].id == $db"
api GET "/api/v1/targets?protocol=winrm&search=$suffix"
holds "targets by protocol" ".total == 1 and .targets[0].id == $web"
api GET "/api/v1/targets?search=$suffix&limit=1&skip=1"
holds "a page of targets" '.total == 3 and (.targets | length) == 1'
api GET "/api/v1/targets?limit=many"
problem "a page size that is no number" 400
api PUT "/api/v1/targets/$web" "$(jq -cn --argjson db "$db" '{depends_on: [$db]}')"
problem "a cycle of dependencies" 400
api PUT "/api/v1/targets/$web" '{"tags": ["env:check"]}'
holds "a target is changed" '.tags == ["env:check"] and .port == 5985'
api DELETE "/api/v1/targets/$web"
problem "a target that another one depends on is not removed" 409
api POST "/api/v1/targets/$web/test-winrm"
if [[ $STATUS == 200 ]]; then
  holds "the test of a winrm target says that it is a mock" '.test.status == "success" and (.note | ascii_downcase | contains("mock"))'
else
  problem "the test of a winrm target says honestly that it cannot yet" 501
fi

# A real connection: first the host key is unknown, a person accepts it, then it works.
api POST "/api/v1/targets/$machine/test-connection"
holds "an unknown host key stops the connection" '.success == false and .test.status == "error"'
fingerprint=$(field '.. | .fingerprint? // empty' | head -1)
same "and is shown to be accepted" "$(host_key_fingerprint)" "$fingerprint"
accept_machine
[[ $STATUS == 20[01] ]] && accepted=yes || accepted="$STATUS $BODY"
same "a person accepts the host key" yes "$accepted"
api POST "/api/v1/targets/$machine/test-connection"
holds "then the connection works" ".success == true and .test.status == \"success\" and .test.details.whoami == \"$(id -un)\"
  and .test.details.port == $sshd_port"
holds "and each phase is listed" '[.test.details.phases[].name] == ["resolve", "connect", "host_key", "auth", "command"]'

TOKEN=$VIEWER
api GET /api/v1/targets
status "a viewer sees targets" 200
api POST /api/v1/targets "$body"
problem "a viewer cannot make any" 403
api POST "/api/v1/targets/$machine/test-connection"
problem "a viewer cannot test any" 403
TOKEN=$OPERATOR
api DELETE "/api/v1/targets/by-name/$name-db"
holds "a target is removed by its name" '.message | length > 0'
api DELETE "/api/v1/targets/$web"
holds "a target is removed" '.message | length > 0'
api GET "/api/v1/targets/$web"
problem "and is gone" 404
