local key, now = unpack(ARGV)
local seq = redis.call('HGET', NEWEST, key)
local record = seq and redis.call('HGET', ENDS, seq)
if not record then return {} end
local kept_until = select(9, struct.unpack(END, record))
if tonumber(now) >= tonumber(kept_until) then return {} end
return { seq, record }
