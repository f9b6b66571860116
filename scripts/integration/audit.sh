# shellcheck shell=bash
# What was done, by whom, and that nobody changed the record.

audit_is_whole() { api GET /api/v1/audit/verify && [[ $(field .valid) == true && $(field .unlinked) != [1-9]* ]]; }

TOKEN=$ADMIN
api GET "/api/v1/audit?limit=10"
holds "the audit log" '.total >= 1 and (.entries | length) <= 10 and all(.entries[]; .action and .outcome and .at)'
api GET "/api/v1/audit?action=user.created&limit=50"
holds "entries by action" "(.entries | length >= 2) and all(.entries[]; .action == \"user.created\")
  and ([.entries[].object_name] | index(\"viewer-$suffix\") != null)"
soon "the log is whole" 5 audit_is_whole
holds "and was looked through" '.valid == true and .checked >= 1'
TOKEN=$OPERATOR
api GET /api/v1/audit
problem "an operator cannot read it" 403
TOKEN=
api GET /api/v1/audit
problem "nor can anybody without a token" 401
