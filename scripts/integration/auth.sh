# shellcheck shell=bash
# Sessions: login, verify, refresh, their end; keys.

bearer_refused() { api GET /api/verify && [[ $STATUS == 401 ]]; }

login "viewer-$suffix" "$password"
holds "login answers with tokens" '(.access_token | split(".") | length == 3) and (.refresh_token | length >= 40)
  and .token_type == "bearer" and (.expires_in | type == "number")'
[[ $BODY == *'"token_type":"bearer"'* ]] && compact=yes || compact=$BODY
same "answers are compact JSON" yes "$compact"
refresh=$(field .refresh_token)
api GET /api/verify
[[ $BODY == *'"valid":true'* ]] && compact=yes || compact=$BODY
same "verify says \"valid\":true" yes "$compact"
holds "verify says whose token it is" ".user.username == \"viewer-$suffix\" and .user.role == \"viewer\"
  and (.user | keys == [\"email\", \"id\", \"role\", \"username\"])"
api GET /api/v1/auth/verify
status "verify is there below /api/v1/auth, too" 200

good_token=$TOKEN TOKEN=
api POST /api/login "$(json username "viewer-$suffix" password wrong-password)"
problem "a wrong password" 401
wrong=$(jq -c 'del(.request_id)' <<<"$BODY")
api POST /api/login "$(json username "nobody-$suffix" password wrong-password)"
same "an unknown user is answered like a wrong password" "$wrong" "$(jq -c 'del(.request_id)' <<<"$BODY")"
api POST /api/login "$(json username admin)"
refused_field "login without a password" password
api POST /api/login '{"username": "admin",'
problem "login with broken JSON" 400
api POST /api/login "$(json username admin password x colour red)"
problem "login with an unknown field" 400
api GET /api/verify
problem "verify without a token" 401
TOKEN=${good_token%.*}.AAAA
api GET /api/verify
problem "verify with a forged signature" 401
TOKEN=$(jq -rn '"{\"alg\":\"none\",\"typ\":\"at+jwt\"}" | @base64 | gsub("=";"")').$(cut -d. -f2 <<<"$good_token").
api GET /api/verify
problem "verify with a token that nobody signed" 401

# first -> second -> third: each is good for one use.
TOKEN=
api POST /api/refresh "$(json refresh_token "$refresh")"
holds "refresh answers like login" '.access_token and .token_type == "bearer" and (.expires_in | type == "number")'
second=$(field .refresh_token)
[[ -n $second && $second != "$refresh" ]] && changed=yes || changed=no
same "refresh gives another refresh token" yes "$changed"
api POST /api/refresh "$(json refresh_token "$second")"
status "the new refresh token works" 200
third=$(field .refresh_token) TOKEN=$(field .access_token)
api POST /api/refresh "$(json refresh_token "$refresh")"
problem "a refresh token that was used" 401
api POST /api/refresh "$(json refresh_token "$third")"
problem "its use ends the whole family" 401
soon "and the family's access tokens" 3 bearer_refused
api POST /api/refresh "$(json refresh_token made-up)"
problem "a made-up refresh token" 401

# A page holds one half of its refresh token; the other is in a cookie that no script reads.
browser=(-H 'X-Opsc-Client: browser' -H "Origin: $BASE_URL" -H 'Sec-Fetch-Site: same-origin')
api POST /api/login "$(json username "viewer-$suffix" password "$password")" "${browser[@]}"
holds "a page is given half of a refresh token" '(.refresh_token | length) == 23'
half=$(field .refresh_token) cookie=$(header set-cookie)
[[ $cookie == __Host-opsc_rt=*Secure*HttpOnly*SameSite=Strict* ]] && kept=yes || kept=$cookie
same "the other half is in a cookie of this host only" yes "$kept"
api POST /api/refresh "$(json refresh_token "$half")" "${browser[@]}"
problem "half of a refresh token" 401
api POST /api/refresh "$(json refresh_token "$half")" "${browser[@]}" -H "Cookie: ${cookie%%;*}"
holds "both halves" '.access_token and (.refresh_token | length) == 23'
api POST /api/login "$(json username "viewer-$suffix" password "$password")" -H 'Origin: https://evil.example'
problem "a page of another origin" 403 '.code == "auth.foreign_origin"'

login "viewer-$suffix" "$password"
refresh=$(field .refresh_token)
api POST /api/revoke-all
status "revoke-all" 200
soon "revoke-all ends access tokens" 3 bearer_refused
TOKEN=
api POST /api/refresh "$(json refresh_token "$refresh")"
problem "revoke-all ends refresh tokens" 401
login "viewer-$suffix" "$password"
VIEWER=$TOKEN

TOKEN=
api GET /.well-known/jwks.json
holds "public keys are published, private halves are not" '(.keys | length >= 1)
  and all(.keys[]; .kty == "OKP" and .crv == "Ed25519" and (.kid | length > 0) and has("d") == false)'
TOKEN=$VIEWER
api GET /api/v1/auth/sessions
holds "people see their sessions" '(.sessions // .) | type == "array" and length >= 1'
api POST /api/v1/auth/keys/rotate
problem "a viewer cannot rotate keys" 403
