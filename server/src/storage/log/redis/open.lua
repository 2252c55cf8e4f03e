-- ARGV: epoch, expected epoch, expected seq, line, whether it replaces, window, number of snapshots, then for each seq and data, then
-- for each entry id, time, nonce and data.
local known = redis.call('HMGET', meta, 'epoch', 'seq')
if integer(known[1]) ~= integer(ARGV[2]) or integer(known[2]) ~= integer(ARGV[3]) then
    return 0
end
if integer(ARGV[1]) <= integer(known[1]) then
    return 0
end
local window, snapshots = integer(ARGV[6]), integer(ARGV[7])
if ARGV[5] == '1' then
    redis.call('DEL', meta, log, snap)
end
local next = 8
for _ = 1, snapshots do
    local id, data = ARGV[next], ARGV[next + 1]
    redis.call('HSET', snap, id, data)
    redis.call('HSET', meta, 'seq', string.match(id, '-(%d+)$'), 'last', id)
    next = next + 2
end
while next <= #ARGV do
    local id, at, nonce, data = ARGV[next], ARGV[next + 1], ARGV[next + 2], ARGV[next + 3]
    local seq = integer(string.match(id, '-(%d+)$'))
    redis.call('XADD', log, id, 'at', at, 'n', nonce, 'd', data)
    redis.call('HSET', meta, 'seq', seq, 'at', math.max(integer(redis.call('HGET', meta, 'at')), integer(at)), 'last', id)
    remember(nonce, id, at, seq, window)
    next = next + 4
end
redis.call('HSET', meta, 'epoch', ARGV[1], 'line', ARGV[4], 'run', run_id())
return 1
