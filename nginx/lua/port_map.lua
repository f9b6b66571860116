-- Where each service listens. The gateway brings the map; a start reads it from a file.
--
-- A map is text: a first line, a line `NAME ADDRESS PORT` for each place, a line `end`. It is kept whole, so that
-- no request sees a part of one map and a part of another.
local balancer = require "ngx.balancer"

local FIRST, LAST = "opsconductor port map 1", "end"
-- What nginx calls NGX_BUSY: no place is left, which is answered with 502 and not with 500.
local NO_PLACE = -3

local _M = {}

-- What this worker has read last, and the text that it was.
local read_text, read_map

local function parse(text)
    local lines = {}
    for line in text:gmatch("([^\n]*)\n") do
        lines[#lines + 1] = line
    end
    if lines[1] ~= FIRST or lines[#lines] ~= LAST then
        return nil, "this is no whole port map"
    end
    local map = {}
    for number = 2, #lines - 1 do
        local name, address, port = lines[number]:match("^([a-z-]+) ([%x.:%[%]]+) (%d+)$")
        port = tonumber(port)
        if not port or port < 1 or port > 65535 then
            return nil, "line " .. number .. " of the port map cannot be read"
        end
        map[name] = map[name] or {}
        table.insert(map[name], { address = address, port = port })
    end
    return map
end

local function set(text)
    local map, why = parse(text)
    if not map then
        return nil, why
    end
    local done, failure = ngx.shared.ports:set("map", text)
    return done, failure
end

-- Reads the map that nginx starts with.
function _M.start(path)
    local file, why = io.open(path, "r")
    if not file then
        error(why)
    end
    local text = file:read("*a")
    file:close()
    local done, failure = set(text)
    if not done then
        error(path .. ": " .. failure)
    end
end

-- Sends a request to a place of the service; to the next one if that does not take connections.
function _M.balance(name)
    local text = ngx.shared.ports:get("map")
    if text ~= read_text then
        read_text, read_map = text, parse(text)
    end
    local places = read_map[name]
    if not places then
        return ngx.exit(NO_PLACE)
    end
    local place = places[1]
    if #places > 1 then
        local turn = ngx.ctx.place
        if turn then
            turn = turn % #places + 1
        else
            turn = math.random(#places)
            balancer.set_more_tries(#places - 1)
        end
        ngx.ctx.place, place = turn, places[turn]
    end
    local done, why = balancer.set_current_peer(place.address, place.port)
    if not done then
        ngx.log(ngx.ERR, "no place for ", name, ": ", why)
        return ngx.exit(NO_PLACE)
    end
end

-- Tells the map, or takes a new one from who knows the key.
function _M.answer(key)
    if ngx.req.get_headers()["x-opsc-key"] ~= key then
        return ngx.exit(ngx.HTTP_FORBIDDEN)
    end
    if ngx.req.get_method() ~= "PUT" then
        return ngx.print(ngx.shared.ports:get("map"))
    end
    ngx.req.read_body()
    local done, why = set(ngx.req.get_body_data() or "")
    if not done then
        ngx.status = ngx.HTTP_BAD_REQUEST
        return ngx.say(why)
    end
    return ngx.exit(ngx.HTTP_NO_CONTENT)
end

return _M
