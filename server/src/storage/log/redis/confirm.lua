-- ARGV: channel, epoch, seq.
local known = redis.call('HMGET', meta, 'epoch', 'run')
if known[1] ~= ARGV[2] or known[2] ~= run_id() then
    return 0
end
redis.call('HSET', meta, 'line', ARGV[2])
confirm(ARGV[2], integer(ARGV[3]), ARGV[1])
return 1
