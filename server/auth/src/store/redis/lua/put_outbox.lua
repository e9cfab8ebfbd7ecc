local id, record = unpack(ARGV)
if redis.call('HEXISTS', OUTBOX, id) == 1 then return 0 end
local _, _, _, _, _, created_at, due_at, _, leased_until, kept_until = struct.unpack(ENTRY, record)
redis.call('HSET', OUTBOX, id, record)
if kept_until == '' then redis.call('ZADD', AGES, created_at, id) end
if kept_until ~= '' then
  redis.call('ZADD', KEPT, kept_until, id)
elseif leased_until ~= '' then
  redis.call('ZADD', LEASED, leased_until, id)
else
  redis.call('ZADD', DUE, due_at, id)
end
return 1
