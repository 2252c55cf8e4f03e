-- ARGV: the id of the last entry that the caller has.
local known = redis.call('HMGET', meta, 'epoch', 'line', 'run', 'seq', 'confirmed', 'last')
if not known[1] then
    return { 'missing' }
end
local standing = 'open'
if known[3] ~= run_id() then
    standing = 'sealed'
elseif known[1] ~= known[2] then
    standing = 'opening'
end
local confirmed, from, continues = integer(known[5]), '-', 0
local after = ARGV[1]
local number = integer(string.match(after, '-(%d+)$'))
if number > 0 and number <= confirmed and (after == known[6] or #redis.call('XRANGE', log, after, after) == 1) then
    continues, from = 1, '(' .. after
end
local entries, id = {}, '0-0'
for _, entry in ipairs(redis.call('XRANGE', log, from, '+')) do
    if integer(string.match(entry[1], '-(%d+)$')) <= confirmed then
        local at, nonce, data = fields(entry)
        entries[#entries + 1] = { entry[1], at, nonce, data }
        id = entry[1]
    end
end
local snapshots = {}
if continues == 0 then
    snapshots = redis.call('HGETALL', snap)
end
return { standing, known[1], known[2] or '0', known[6] or '0-0', continues, id, entries, snapshots }
