# shellcheck shell=bash
# The door: health, redirects, headers, documents, paths that stay closed.

TOKEN=
api GET /health
holds "the gateway is healthy" '.status == "healthy"'
declare -A public_name=([auth]=auth-service [users]=user-service [credentials]=credentials-service
  [targets]=targets-service [jobs]=jobs-service [executor]=executor-service [port-manager]=port-manager)
for service in auth users credentials targets jobs executor port-manager; do
  api GET "/$service/health"
  holds "$service is healthy" ".status == \"healthy\" and .service == \"${public_name[$service]}\""
  api GET "/$service/health/ready"
  status "$service is ready" 200
  api GET "/$service/info"
  holds "$service says what it is" '.service and .description and .version and (.endpoints | length > 3)'
  api GET "/docs/$service/openapi.json"
  holds "$service publishes its OpenAPI document" '(.openapi | startswith("3.")) and (.paths | length > 3)'
  # shellcheck disable=SC2016  # the dollar is a part of JSON's own name
  holds "$service describes every type that it names" \
    '([.. | objects | .["$ref"]? | strings | split("/")[-1]] | unique) - (.components.schemas | keys) == []'
  api GET "/docs/$service/"
  same "$service shows its document to people" "200 text/html" "$STATUS $(header content-type | cut -d';' -f1)"
done

redirect=$(curl -s -o /dev/null -w '%{http_code} %{redirect_url}' "http://localhost:8080/api/v1/targets")
same "port 8080 leads to https" "301 $BASE_URL/api/v1/targets" "$redirect"
api GET / '' -H 'Accept: text/html'
same "/ leads to the web UI" "302 /app/" "$STATUS $(header location | sed "s#^$BASE_URL##")"
api GET /targets '' -H 'Accept: text/html'
same "a page reload at /targets leads to the web UI" "302 /app/targets" "$STATUS $(header location | sed "s#^$BASE_URL##")"
api GET /app/
same "the web UI is there" "200 text/html" "$STATUS $(header content-type | cut -d';' -f1)"
same "the web UI may load nothing from elsewhere" "default-src 'none'" "$(header content-security-policy | cut -d';' -f1)"
same "types of content are not guessed" nosniff "$(header x-content-type-options)"

api GET /api/v1/targets
problem "a path of the API without a token" 401
same "answers of the API are not stored" no-store "$(header cache-control)"
[[ $(header x-request-id) =~ ^[0-9a-f]{32}$ ]] && made_id=yes || made_id=$(header x-request-id)
same "every answer carries a request id" yes "$made_id"
same "the problem names the same request id" "$(header x-request-id)" "$(field .request_id)"
api GET /targets
problem "the bare path of an old client without a token" 401
api GET /no/such/path
problem "an unknown path" 404
for path in /internal/changes /auth/internal/sessions/x /metrics /auth/metrics /upstreams /api/v1/users/internal/changes; do
  api GET "$path"
  same "$path stays closed" 404 "$STATUS"
done
sent_to=$(curl -s --max-time 5 http://127.0.0.1:3010/upstreams | jq -c '.upstreams[] | select(.name == "auth") | [.host, .port]') || true
same "the gateway tells this machine where it passes requests" '["127.0.0.1",3001]' "$sent_to"
TOKEN=$ADMIN
for path in /users /credentials /targets /jobs /runs; do
  api GET "$path"
  holds "$path answers old clients" ".${path:1} | type == \"array\""
done
api GET /status
holds "the executor's state answers old clients" '.queue_stats | type == "object"'
api GET /api/v1/executor/status
holds "the executor says what it does" '(.worker_running == true) and (.worker_enabled == true) and (.poll_interval | type == "number")
  and ([.queue_stats.queued_steps, .queue_stats.running_steps, .queue_stats.succeeded_steps, .queue_stats.failed_steps] | all(type == "number"))'
