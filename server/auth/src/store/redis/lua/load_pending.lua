local key, now = unpack(ARGV)
local record = redis.call('HGET', PENDING, key)
if not record then return {} end
local expires_at, sealed = struct.unpack('>I4c0I4c0', record)
if tonumber(now) >= tonumber(expires_at) then return {} end
return { sealed }
