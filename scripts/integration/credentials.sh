# shellcheck shell=bash
# Secrets of targets: kept, changed, never shown.

TOKEN=$OPERATOR name=secret-$suffix canary="canary-$suffix-value"
body=$(jq -cn --arg name "$name" --arg canary "$canary" '{name: $name, description: "a check", credential_type: "winrm_ntlm",
  credential_data: {username: "svc", password: $canary}}')
api POST /api/v1/credentials "$body"
holds "a credential is made; winrm_ntlm means winrm" ".name == \"$name\" and .credential_type == \"winrm\" and .description == \"a check\"
  and (.id | type == \"number\") and (.created_at | endswith(\"Z\")) and has(\"updated_at\") and (has(\"credential_data\") | not)" 201
credential=$(field .id) seen=$BODY
remember "/api/v1/credentials/$credential"
api POST /api/v1/credentials "$body"
problem "a name that is taken" 409
api POST /api/v1/credentials "$(jq -c '.name += "-x" | .credential_type = "magic"' <<<"$body")"
refused_field "a type that does not exist" credential_type
api POST /api/v1/credentials "$(jq -c '.name += "-x" | del(.credential_data.password)' <<<"$body")"
problem "data without the password" 400 '[.errors[].field] | any(contains("password"))'
api POST /api/v1/credentials "$(jq -c '.name += "-x" | .credential_data.colour = "red"' <<<"$body")"
problem "data with an unknown field" 400
api POST /api/v1/credentials "$(jq -cn --arg name "$name-x" '{name: $name, credential_type: "ssh", credential_data: {username: "root", private_key: "nonsense"}}')"
problem "a private key that is none" 400
api POST /api/v1/credentials "$(jq -c '.description = ("x" * 100000)' <<<"$body")" -H 'Expect:'
problem "a body of 100 KB" 413

api GET "/api/v1/credentials/$credential"
holds "one credential" ".id == $credential"
seen+=$BODY
get_all /api/v1/credentials
holds "the list of credentials" ".total >= 1 and ([.credentials[].id] | index($credential))"
seen+=$BODY
api PUT "/api/v1/credentials/$credential" "$(json description changed)"
holds "a credential is described anew" '.description == "changed"'
seen+=$BODY
api POST "/api/v1/credentials/$credential/rotate" "$(json username svc password "$canary-2")"
holds "a credential is rotated" '(.message | length > 0) and (.rotated_at | endswith("Z"))'
seen+=$BODY
api POST "/api/v1/credentials/$credential/rotate" "$(jq -cn --arg canary "$canary-3" '{payload: {username: "svc", password: $canary}}')"
holds "and again, the data in a payload" '.rotated_at'
seen+=$BODY
api GET "/api/v1/credentials/$credential/versions"
holds "every version stays in the history" '(.versions // .) | length == 3'
seen+=$BODY
[[ $seen == *"$canary"* ]] && leaked=yes || leaked=no
same "no answer shows the data" no "$leaked"

api GET "/api/v1/credentials/$credential/decrypt?reason=check"
problem "an operator cannot read the data" 403
TOKEN=$ADMIN
api GET "/api/v1/credentials/$credential/decrypt"
problem "an admin cannot without a reason" 400
api GET "/api/v1/credentials/$credential/decrypt?reason=check"
holds "an admin can with a reason" ".credential_data.password == \"$canary-3\""
api GET "/api/v1/credentials/$credential/access-log"
holds "and that is on record" '(.entries // .accesses // .access_log // .) | length >= 1'
TOKEN=$VIEWER
api GET /api/v1/credentials
status "a viewer sees which credentials there are" 200
api POST /api/v1/credentials "$body"
problem "a viewer cannot make any" 403
api GET "/api/v1/credentials/$credential/decrypt?reason=check"
problem "a viewer cannot read the data" 403

set_up_machine
TOKEN=$ADMIN
api DELETE "/api/v1/credentials/$machine_credential"
problem "a credential in use is not removed, and the answer names the target" 409 ".detail | contains(\"machine-$suffix\")"
api POST /api/v1/credentials "$(jq -c '.name += "-byname"' <<<"$body")"
remember "/api/v1/credentials/$(field .id)"
api DELETE "/api/v1/credentials/by-name/$name-byname"
holds "a credential is removed by its name" '.message | length > 0'
api DELETE "/api/v1/credentials/by-name/$name-byname"
problem "and is gone" 404
api DELETE "/api/v1/credentials/$credential"
holds "a credential is removed" '.message | length > 0'
api GET "/api/v1/credentials/$credential"
problem "and is gone" 404
