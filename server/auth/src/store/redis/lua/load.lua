local key, now, what = unpack(ARGV)
local session, record = living(key, now)
if not session then return {} end
if what == 'head' then return { record } end
if what == 'tokens' then return { redis.call('HGET', TOKENS, key) } end
return { redis.call('HGET', DATA, key) }
