-- ARGV: channel.
redis.call('DEL', meta, log, snap)
publish(ARGV[1], 'closed\n')
return 1
