return { redis.call('HGET', OUTBOX, ARGV[1]) or nil }
