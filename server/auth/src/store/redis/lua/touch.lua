local key, idle, now = unpack(ARGV)
local session = living(key, now)
if not session then return 0 end
session[IDLE] = earlier(later(session[IDLE], idle), session[ABSOLUTE])
session[LAST_USED_AT] = later(session[LAST_USED_AT], now)
redis.call('HSET', SESSIONS, key, session_record(session))
redis.call('ZADD', EXPIRIES, ends_at(session), key)
return 1
