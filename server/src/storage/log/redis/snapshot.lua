-- ARGV: epoch, the id of the snapshot's last entry, data, seq up to which entries and snapshots are dropped.
local known = redis.call('HMGET', meta, 'epoch', 'line', 'run')
if known[1] ~= ARGV[1] or known[2] ~= ARGV[1] or known[3] ~= run_id() then
    return 0
end
redis.call('HSET', snap, ARGV[2], ARGV[3])
local cut = integer(ARGV[4])
for _, id in ipairs(redis.call('HKEYS', snap)) do
    if integer(string.match(id, '-(%d+)$')) < cut then
        redis.call('HDEL', snap, id)
    end
end
for _, entry in ipairs(redis.call('XRANGE', log, '-', '+')) do
    if integer(string.match(entry[1], '-(%d+)$')) > cut then
        break
    end
    redis.call('XDEL', log, entry[1])
end
return 1
