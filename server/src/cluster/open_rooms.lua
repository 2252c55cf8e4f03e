-- The rooms that are open from one block of addresses: a sorted set, by the time until which each counts in milliseconds. KEYS: the set.
-- ARGV: the milliseconds for which rooms count from now on, how many of the rooms that follow are open, then these and those that have
-- ended. Answers how many are open.
local time = redis.call('TIME')
local now, open = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000), tonumber(ARGV[2])
for i = 3, #ARGV do
    if i < 3 + open then
        redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[1])), ARGV[i])
    else
        redis.call('ZREM', KEYS[1], ARGV[i])
    end
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
if open > 0 and redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then
    redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
return redis.call('ZCARD', KEYS[1])
