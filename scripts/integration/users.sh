# shellcheck shell=bash
# People: their accounts, roles and passwords.

TOKEN=$ADMIN name=person-$suffix
body=$(json username "$name" email "$name@example.org" password "$password")
api POST /api/v1/users "$body"
holds "a user is made, as viewer where no role is given" ".username == \"$name\" and .role == \"viewer\" and .email == \"$name@example.org\"
  and (.id | type == \"number\") and (.created_at | endswith(\"Z\")) and (.token_version | type == \"number\")" 201
user=$(field .id)
remember "/api/v1/users/$user"
[[ $BODY == *"$password"* || $BODY == *\"password\"* ]] && shown=yes || shown=no
same "the answer has no password" no "$shown"
api POST /api/v1/users "$body"
problem "a user name that is taken" 409
api POST /api/v1/users "$(json username "x-$suffix" email "$name@example.org" password "$password")"
problem "a mail address that is taken" 409
api POST /api/v1/users "$(json username "x-$suffix" email nonsense password "$password")"
refused_field "a mail address that is none" email
api POST /api/v1/users "$(json username "x-$suffix" email "x-$suffix@example.org" password short)"
refused_field "a short password" password
api POST /api/v1/users "$(json username "x-$suffix" email "x-$suffix@example.org" password "$password" role king)"
refused_field "a role that does not exist" role
api GET /api/v1/users
holds "an admin sees all users" '.total >= 4 and (.users | length) == .total'
api GET "/api/v1/users/$user"
holds "one user" ".id == $user"
api GET /api/v1/users/999999999
problem "a user that does not exist" 404
api GET /api/v1/users/seven
problem "an id that is no number" 400
api PUT "/api/v1/users/$user" "$(json email "new-$name@example.org")"
holds "a user's mail address is changed" ".email == \"new-$name@example.org\""

TOKEN=$OPERATOR
api GET /api/v1/users
holds "others see themselves only" ".total == 1 and .users[0].username == \"operator-$suffix\""
api GET "/api/v1/users/$user"
problem "others' accounts are not there for them" 404
api POST /api/v1/users "$body"
problem "an operator cannot make users" 403

# A role reaches the services at once: the old token ends, a refresh brings the new one.
old_token_refused() { api GET /api/v1/targets && [[ $STATUS == 401 ]]; }
login "$name" "$password"
person=$TOKEN refresh=$(field .refresh_token)
TOKEN=$ADMIN
api POST "/api/v1/users/$user/roles" "$(json role operator)"
status "an admin changes a role" 200
TOKEN=$person
soon "the token with the old role ends" 4 old_token_refused
TOKEN=
api POST /api/refresh "$(json refresh_token "$refresh")"
TOKEN=$(field .access_token)
api GET /api/verify
holds "a refresh brings the new role" '.user.role == "operator"'
TOKEN=$ADMIN
api POST "/api/v1/users/$user/roles" "$(json role king)"
refused_field "a role that does not exist" role

api GET /api/v1/users
if [[ $(field '[.users[] | select(.role == "admin" and .is_active != false)] | length') == 1 ]]; then
  admin=$(field '.users[] | select(.role == "admin") | .id')
  api POST "/api/v1/users/$admin/roles" "$(json role viewer)"
  problem "the last admin cannot be demoted" 409
  api DELETE "/api/v1/users/$admin"
  problem "the last admin cannot be removed" 409
fi

# A password change ends the user's other sessions.
other_session_ended() { api GET /api/verify && [[ $STATUS == 401 ]]; }
login "$name" "$password"
other=$TOKEN other_refresh=$(field .refresh_token)
login "$name" "$password"
own_refresh=$(field .refresh_token)
api POST "/api/v1/users/$user/password" "$(json current_password wrong new_password "another $password")"
[[ $STATUS == 4?? ]] && refused=yes || refused="$STATUS $BODY"
same "a password is not changed without the current one" yes "$refused"
api POST "/api/v1/users/$user/password" "$(json current_password "$password" new_password password1234)"
refused_field "a password that everybody knows" new_password
api POST "/api/v1/users/$user/password" "$(json current_password "$password" new_password "another $password")"
status "a person changes the password" 200
TOKEN=$other
soon "the other session ends" 4 other_session_ended
TOKEN=
api POST /api/refresh "$(json refresh_token "$other_refresh")"
problem "and cannot be refreshed" 401
api POST /api/refresh "$(json refresh_token "$own_refresh")"
status "the session of the change goes on" 200
login "$name" "another $password"
status "the new password works" 200

TOKEN=$ADMIN
api DELETE "/api/v1/users/$user"
holds "a user is removed" '.message | length > 0'
api GET "/api/v1/users/$user"
problem "and is gone" 404
