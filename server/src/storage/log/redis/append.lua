-- ARGV: channel, epoch, nonce, now, data, window, whether it counts as written at once.
local channel, epoch, nonce, now, data = ARGV[1], ARGV[2], ARGV[3], integer(ARGV[4]), ARGV[5]
local window, is_alone = integer(ARGV[6]), ARGV[7] == '1'
local known = redis.call('HMGET', meta, 'epoch', 'line', 'run', 'seq', 'at', 'n:' .. nonce)
if known[1] ~= epoch or known[2] ~= epoch or known[3] ~= run_id() then
    return { 'sealed' }
end
if known[6] then
    -- A write, so that WAIT has something to wait for.
    redis.call('HINCRBY', meta, 'repeats', 1)
    return { 'repeated', known[6] }
end
local seq, at = integer(known[4]) + 1, math.max(integer(known[5]), now)
local id = epoch .. '-' .. seq
redis.call('XADD', log, id, 'at', at, 'n', nonce, 'd', data)
redis.call('HSET', meta, 'seq', seq, 'at', at, 'last', id)
remember(nonce, id, at, seq, window)
if is_alone then
    confirm(epoch, seq, channel)
end
return { 'appended', id .. ' ' .. at }
