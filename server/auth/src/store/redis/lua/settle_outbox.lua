local id, leased_until, what, progress, at = unpack(ARGV)
local record = redis.call('HGET', OUTBOX, id)
if not record then return 0 end
local entry = { struct.unpack(ENTRY, record) }
entry[11] = nil
if entry[9] ~= leased_until then return 0 end
entry[5], entry[9] = progress, ''
redis.call('ZREM', LEASED, id)
redis.call('ZREM', DUE, id)
if what == 'again' then
  entry[7] = at
  redis.call('ZADD', DUE, at, id)
else
  entry[4], entry[10] = '', at
  redis.call('ZADD', KEPT, at, id)
  redis.call('ZREM', AGES, id)
end
redis.call('HSET', OUTBOX, id, packed(entry))
return 1
