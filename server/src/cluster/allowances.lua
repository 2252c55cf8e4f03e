-- The generic cell rate algorithm (ITU-T I.371), for several keys at once: each key holds the time at which it has all of its
-- allowance again, in microseconds. KEYS: the keys. ARGV: what is done ('take', 'look' or 'give_back'), the window in microseconds,
-- the time or 0 for the server's own, then the limit of each key. Answers whether a key had none left, and of the tightest key what is
-- left, in how many milliseconds that is more, and the limit.
local action, window, now = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
if now == 0 then
    local time = redis.call('TIME')
    now = tonumber(time[1]) * 1000000 + tonumber(time[2])
end
local full, limits = {}, {}
for i, key in ipairs(KEYS) do
    limits[i] = tonumber(ARGV[3 + i])
    -- A clock that is set back blocks nobody for longer than a window.
    full[i] = math.min(math.max(tonumber(redis.call('GET', key) or '0'), now), now + window)
end
local function keep(i)
    if full[i] > now then
        redis.call('SET', KEYS[i], string.format('%.0f', full[i]), 'PX', math.ceil((full[i] - now) / 1000))
    else
        redis.call('DEL', KEYS[i])
    end
end
local function left(i)
    -- A little more than nothing is nothing: the times are rounded.
    return math.floor((now + window - full[i]) * limits[i] / window + 0.001)
end
if action == 'give_back' then
    for i = 1, #KEYS do
        full[i] = full[i] - window / limits[i]
        keep(i)
    end
    return { 0, 0, 0, 0 }
end
for i = 1, #KEYS do
    if left(i) < 1 then
        return { 1, 0, math.ceil((full[i] + window / limits[i] - window - now) / 1000), limits[i] }
    end
end
local tightest = 1
for i = 1, #KEYS do
    if action == 'take' then
        full[i] = full[i] + window / limits[i]
        keep(i)
    end
    if left(i) < left(tightest) then
        tightest = i
    end
end
return { 0, left(tightest), math.ceil((full[tightest] - now) / 1000), limits[tightest] }
