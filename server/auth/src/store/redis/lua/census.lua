-- Counted from the engine's own bookkeeping: none of it takes longer for more sessions.
local now = ARGV[1]
local oldest = redis.call('ZRANGE', AGES, 0, 0, 'WITHSCORES')
return {
  redis.call('ZCOUNT', EXPIRIES, '(' .. now, '+inf'),
  redis.call('ZCARD', DUE) + redis.call('ZCARD', LEASED),
  oldest[2] and digits(oldest[2]) or '',
}
