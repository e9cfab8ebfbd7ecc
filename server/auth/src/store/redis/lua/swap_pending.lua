local key, expected, sealed, now = unpack(ARGV)
local record = redis.call('HGET', PENDING, key)
if not record then return 0 end
local expires_at, present = struct.unpack('>I4c0I4c0', record)
if tonumber(now) >= tonumber(expires_at) or present ~= expected then return 0 end
redis.call('HSET', PENDING, key, packed({ expires_at, sealed }))
return 1
