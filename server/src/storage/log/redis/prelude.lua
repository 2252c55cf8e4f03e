-- Shared by all scripts. Keys: the room's meta, log and snapshots; they share a slot. A server that was replaced, restarted or
-- emptied is not the run that opened the room's epoch.
local meta, log, snap = KEYS[1], KEYS[2], KEYS[3]

local function run_id()
    return string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
end

local function integer(text)
    return tonumber(text) or 0
end

-- The fields of a stream entry: time, nonce, data.
local function fields(entry)
    local values = {}
    for i = 1, #entry[2], 2 do
        values[entry[2][i]] = entry[2][i + 1]
    end
    return values.at, values.n, values.d
end

-- An entry as a message has it: id, time, nonce and length in a line, then the data.
local function line_of(entry)
    local at, nonce, data = fields(entry)
    return entry[1] .. ' ' .. at .. ' ' .. nonce .. ' ' .. #data .. '\n' .. data
end

-- Tells whoever listens. The channel lies in the slot of the keys.
local function publish(channel, text)
    redis.call('SPUBLISH', channel, text)
end

-- Remembers a nonce in place of the one that was used `window` entries before.
local function remember(nonce, id, at, seq, window)
    local slot = 'r:' .. (seq % window)
    local old = redis.call('HGET', meta, slot)
    if old then
        redis.call('HDEL', meta, 'n:' .. old)
    end
    redis.call('HSET', meta, slot, nonce, 'n:' .. nonce, id .. ' ' .. at)
end

-- Marks everything up to `seq` as confirmed and tells it.
local function confirm(epoch, seq, channel)
    local confirmed = integer(redis.call('HGET', meta, 'confirmed'))
    local parts = { 'entries ' .. epoch .. '\n' }
    if seq > confirmed then
        local entries = redis.call('XREVRANGE', log, '+', '-', 'COUNT', seq - confirmed + 64)
        for i = #entries, 1, -1 do
            local number = integer(string.match(entries[i][1], '-(%d+)$'))
            if number > confirmed and number <= seq then
                parts[#parts + 1] = line_of(entries[i])
            end
        end
        redis.call('HSET', meta, 'confirmed', seq)
    end
    publish(channel, table.concat(parts))
end
