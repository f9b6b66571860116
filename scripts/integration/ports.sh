# shellcheck shell=bash
# Ports: the calls of the suite's clients, on a suite of the checks' own.

TOKEN=$VIEWER suite=check-$suffix
in_suite="suite=$suite"
api GET /api/ports/assignments
holds "the ports of the default suite" '.success and .total >= 27 and .assignments["itechsmart-port-manager"] == 8100'
api GET "/api/ports/assignments?suite=opsconductor"
holds "the ports of our own services" '.assignments.auth == 3001'
api GET /api/ports/assignments/legalai-pro
holds "the port of one service" '.service_id == "legalai-pro" and (.port | type == "number")'
api GET /api/ports/assignments/nobody
problem "a service that does not exist" 404
api GET /api/services/discover
holds "the services of the suite" '.count >= 27 and (.services | index("passport"))'
api GET /api/services/status
holds "how the services are" '.total == (.healthy + .unhealthy) and (.statuses[0] | has("last_checked"))'
api GET "/api/services/status/auth?suite=opsconductor"
holds "how one service is" '.status.service_id == "auth" and .status.port == 3001'
api GET "/api/services/health/auth?suite=opsconductor"
holds "one service is checked now" '.healthy and .port == 3001'
api GET /api/ports/statistics
holds "the numbers of the suite" '.statistics | .total_services >= 27 and .port_range == [8000, 9000] and has("conflicts")'
api GET /api/health/
holds "the port manager's health" '.status == "healthy" and .components.port_manager == "healthy" and .components.suite_communicator == "healthy"'
api GET /api/health/detailed
holds "the port manager's health in detail" '(.statistics.used_ports | type == "number") and has("conflicts")'
api GET /api/ports/listeners
holds "who listens, with process and program" '[.listeners[] | select(.port == 8100 and .program == "port-manager" and .pid > 0)] | length == 1'
api POST /api/ports/assign '{"service_id": "legalai-pro", "port": 8999}'
problem "a viewer assigns nothing" 403

TOKEN=$OPERATOR
# The ports below 21050 are given to nobody who does not ask for them, so the checks can.
api POST /api/suites "$(jq -cn --arg name "$suite" '{name: $name, port_range: [21000, 21060], static_band: 50, host_template: "127.0.0.1"}')"
holds "a suite is made" '.port_range == [21000, 21060] and .strategy == "hash"' 201
remember "/api/suites/$suite"
api GET "/api/suites/$suite"
holds "one suite" ".name == \"$suite\""
api PUT "/api/suites/$suite" '{"title": "Checks"}'
holds "a suite is changed" '.title == "Checks"'
api GET /api/suites
holds "all suites" "[.suites[].name] | index(\"$suite\")"
for name in alpha beta; do
  api POST /api/services "$(json service_id "$name" suite "$suite" category checks)"
  holds "the service $name is added" ".service_id == \"$name\" and .port == null" 201
done
api PUT "/api/services/beta?$in_suite" '{"criticality": "low", "depends_on": ["alpha"]}'
holds "a service is changed" '.criticality == "low" and .depends_on == ["alpha"]'
api GET "/api/services/beta?$in_suite"
holds "one service" '.category == "checks"'
api GET "/api/services?$in_suite"
holds "all services of a suite" '.total == 2'

# assign FIELDS: asks for a port in the suite of the checks.
assign() { api POST /api/ports/assign "$(jq -c --arg suite "$suite" '. + {suite: $suite}' <<<"$1")"; }
assign '{"service_id": "alpha", "port": 21000}'
holds "a port that was asked for" '.port == 21000 and .message == "Assigned port 21000 to alpha"'
assign '{"service_id": "beta", "port": 21000}'
problem "a port of another service" 400 '.detail | contains("alpha")'
assign '{"service_id": "beta", "port": 8443}'
problem "a port that a process listens on" 400 '.detail | contains("in use by the system") and contains("nginx")'
assign '{"service_id": "beta"}'
holds "a port that is chosen" '.port >= 21050 and .port < 21060'
for port in 0 65536 -1 '"80a"'; do
  assign "{\"service_id\": \"beta\", \"port\": $port}"
  refused_field "port $port" port
done
api GET "/api/ports/available?$in_suite&start_port=21010&count=2"
holds "free ports" '(.ports | length) == 2 and .port >= 21010'
api POST /api/ports/reserve '{"port": 21049, "reason": "check"}'
holds "a port is reserved" '.port == 21049'
api POST /api/ports/reserve '{"port": 21049}'
problem "it is reserved once" 400
assign '{"service_id": "beta", "port": 21049}'
problem "a reserved port is not assigned" 400
api GET /api/ports/reserved
holds "reserved ports" '[.reservations[] | select(.first == 21049)] | length == 1'
api DELETE /api/ports/reserve/21049
holds "a reservation is taken back" '.success'
api DELETE /api/ports/reserve/21049
problem "what is not reserved" 404

api POST /api/ports/reassign "$(jq -cn --arg suite "$suite" '{service_id: "alpha", new_port: 21020, suite: $suite}')"
holds "a service that does not run is moved" '.old_port == 21000 and .new_port == 21020 and .update_result.success and (.update_result.live | not)'
api POST "/api/ports/bulk-update?atomic=true" "$(jq -cn --arg suite "$suite" '{updates: {alpha: 21031, beta: 21032}, suite: $suite}')"
holds "two at once" '.total == 2 and .failed == 0'
api POST "/api/ports/bulk-update?atomic=true" "$(jq -cn --arg suite "$suite" '{updates: {alpha: 21032, beta: 21031}, suite: $suite}')"
holds "two swap" '.successful == 2'
api GET "/api/ports/history/alpha?$in_suite&detail=true"
holds "the history of a port" '.history == [21000, 21020, 21031, 21032] and (.details[0].by | length > 0)'
api POST "/api/ports/backup?$in_suite"
holds "a backup" '.backup_file | test("^port_config_backup_[0-9]{8}_[0-9]{6}(_[0-9]+)?\\.json$")'
backup=$(field .backup_file)

api POST /api/ports/assign "$(jq -cn --arg suite "$suite" '{service_id: "beta", port: 21032, force: true, suite: $suite}')"
holds "a port is forced" '.port == 21032'
api GET "/api/ports/conflicts?$in_suite"
holds "the duplicate is found" '.count == 1 and .conflicts[0].type == "duplicate_assignment" and .conflicts[0].services == ["alpha", "beta"]'
fingerprint=$(field '.conflicts[0].fingerprint')
api PUT /api/ports/conflicts "$(json fingerprint "$fingerprint" state acknowledged note "known" suite "$suite")"
holds "it is acknowledged" '.state == "acknowledged" and .note == "known"'
api POST "/api/ports/resolve-conflicts?dry_run=true&$in_suite"
holds "a plan with its reason" '.count == 1 and .plan.optimal and .resolutions[0].service == "beta" and (.resolutions[0].reason | contains("alpha"))'
api POST "/api/ports/resolve-conflicts?$in_suite"
holds "the plan is carried out" '.count == 1 and .resolutions[0].success'
api POST "/api/ports/scan?$in_suite"
holds "a look at the sockets finds nothing" '.count == 0'
api GET "/api/ports/conflicts/history?$in_suite"
holds "what was wrong once" '.success'
api POST "/api/ports/scan?suite=opsconductor"
holds "the gateway leads to where our services are" '[.conflicts[] | select(.type == "gateway_drift")] == []'

TOKEN=$ADMIN
api POST /api/ports/assign "$(jq -cn --arg suite "$suite" '{service_id: "alpha", port: 21033, suite: $suite}')"
holds "a change after the backup" '.message == "Assigned port 21033 to alpha (previously 21032)"'
api POST "/api/ports/restore?$in_suite&backup_file=$backup&dry_run=true"
holds "what a restore would change" '(.changes | length) == 1 and (.message | contains("nothing was changed"))'
api POST "/api/ports/restore?$in_suite&backup_file=$backup"
holds "a restore" '(.automatic_backup | length) > 0'
api GET "/api/ports/backups/$backup?$in_suite"
holds "a backup as a file" '.port_assignments.alpha == 21032 and has("port_history") and has("reserved_ports") and has("backup_timestamp")'
api POST "/api/ports/backups?$in_suite&backup_file=old-$suffix.json" '{"port_assignments": {"alpha": 21040}, "port_history": {}, "reserved_ports": [], "backup_timestamp": "2025-01-01T00:00:00"}'
holds "a file of the old program" '.success'
api GET "/api/ports/backups?$in_suite"
holds "all backups" '[.backups[].backup_file] | length >= 3'
api POST "/api/ports/restore?$in_suite&backup_file=../etc/passwd"
refused_field "a backup with a path" backup_file
api POST "/api/ports/reset?$in_suite&dry_run=true"
holds "what a reset would change" '.changes | length == 2'

TOKEN=$OPERATOR
api GET "/api/ports/export?$in_suite"
same "the ports as a document" "  alpha: 21032" "$(grep '^  alpha: ' <<<"$BODY")"
wished="{\"port_assignments\": {\"alpha\": 21020, \"delta\": 21021}}"
api POST "/api/ports/plan?$in_suite" "$wished"
holds "what a document would change" '.success and ([.services[] | {(.service_id): .action}] | add) == {alpha: "move", beta: "leave", delta: "add"}'
plan=$(field .plan)
api POST "/api/ports/apply?plan=$plan&$in_suite" "$wished"
holds "and changes" '.success and (.automatic_backup | length > 0)'
api POST "/api/ports/apply?plan=$plan&$in_suite" "$wished"
problem "an old plan is not applied" 409
api POST "/api/ports/apply?$in_suite" '{"port_assignments": {"alpha": 0}}'
refused_field "a document with a wrong port" port_assignments.alpha
api GET /api/ports/21045/available
holds "whether a port is free" '.available'
api POST /api/ports/assign "$(json service_name gamma suite "$suite" | jq -c '. + {preferred_port: 21045}')"
holds "a client asks in its own words" '.port == 21045'
api GET "/api/services/gamma/port?$in_suite"
holds "and reads" '.port == 21045'
api POST /api/ports/resolve-conflict "$(json service_name gamma suite "$suite" | jq -c '. + {current_port: 21045}')"
holds "and gets another one" '.new_port != 21045'
api DELETE "/api/ports/$(field .new_port)" "$(json service_name gamma suite "$suite")"
holds "and gives it back" '.success'
api POST /api/services/restart "$(json service_id alpha suite "$suite")"
problem "a service that does not run is not restarted" 400
api DELETE "/api/services/gamma?$in_suite"
holds "a service is removed" '.message | length > 0'
api GET "/api/ports/events?after=0&limit=5"
holds "events are numbered" '(.events | length) == 5 and .events[1].seq == .events[0].seq + 1 and (.epoch | length > 0)'
api GET /ws/updates
problem "the WebSocket wants a handshake" 400
upgraded=$(curl -s -o /dev/null -w '%{http_code}' --http1.1 --max-time 2 --cacert "$RUN/gateway/tls/cert.pem" -H 'Connection: Upgrade' \
  -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: MTIzNDU2Nzg5MDEyMzQ1Ng==' "$BASE_URL/ws/updates") || true
same "the WebSocket comes through the gateway" 101 "$upgraded"
