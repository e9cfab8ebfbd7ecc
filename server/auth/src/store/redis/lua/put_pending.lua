local key, sealed, expires_at = unpack(ARGV)
redis.call('HSET', PENDING, key, packed({ expires_at, sealed }))
redis.call('ZADD', PENDING_EXPIRIES, expires_at, key)
return 1
