# shellcheck shell=bash
# Moves: each of our own services goes to another port and back while clients go on asking.

TOKEN=$OPERATOR
api POST /api/ports/reassign '{"service_id": "nobody", "new_port": 21500}'
problem "a service that does not exist is not moved" 404
api GET "/api/ports/assignments?suite=opsconductor"
ports=$(jq -c '.assignments + {"itechsmart-port-manager": 8100}' <<<"$BODY")

# Many requests of all services, each counted; they end when the file is gone.
touch "$work/under-load"
TOKEN=$ADMIN BASE_URL=$BASE_URL python3 "$ROOT/scripts/lib/move_load.py" "$work/under-load" >"$work/load" &
load=$!

# move SUITE SERVICE PORT: there, and says how it went.
move() {
  api POST /api/ports/reassign "$(jq -cn --arg suite "$1" --arg service "$2" --argjson port "$3" \
    '{suite: $suite, service_id: $service, new_port: $port}')"
  holds "$2 moves to port $3" ".success and .new_port == $3 and .update_result.live"
  await 40 is_over "$1" "$2" "$3" || true
  holds "$2 has moved without a lost request" \
    ".changes[0] | .phase == \"committed\" and .new_port == $3 and .drain.lost == 0 and .fault == null"
}

is_over() {
  api GET "/api/ports/changes?suite=$1&service_id=$2&limit=1"
  [[ $(field '.changes[0] | select(.new_port == '"$3"') | .ended_at') ]]
}

offset=100
for way in there back; do
  for service in auth user credentials targets jobs executor itechsmart-port-manager; do
    suite=opsconductor
    [[ $service == itechsmart-port-manager ]] && suite=itechsmart
    port=$(jq --arg service "$service" '.[$service]' <<<"$ports")
    [[ $way == there ]] && port=$((port + offset))
    TOKEN=$OPERATOR
    move "$suite" "$service" "$port"
  done
  if [[ $way == there ]]; then
    api GET /health
    holds "the platform is healthy on its new ports" '.status == "healthy"'
    sent_to=$(curl -s --max-time 5 http://127.0.0.1:3010/upstreams | jq -c '[.upstreams[].port] | sort') || true
    same "the gateway follows" "[3101,3102,3104,3105,3106,3107,8200]" "$sent_to"
  fi
done
rm -f "$work/under-load"
wait "$load" || true
same "no request failed meanwhile" '[]' "$(jq -c .failed "$work/load")"
say "  ($(jq .sent "$work/load") requests during 14 moves)"
TOKEN=$ADMIN
get_all /api/v1/audit "action=port.moved"
holds "each move has its drain certificate" \
  '[.entries[] | select(.change.lost == 0 and (.change.milliseconds.drain | type == "number"))] | length >= 14'
