-- ARGV: epoch.
local known = redis.call('HMGET', meta, 'epoch', 'run', 'seq')
if known[1] ~= ARGV[1] or known[2] ~= run_id() then
    return -1
end
redis.call('HINCRBY', meta, 'repeats', 1)
return integer(known[3])
