-- What is to change stands behind a plus sign.
local key, now, identity, tokens, data, sid, former_until, asked_at, at_most = unpack(ARGV)
local session = living(key, now)
if not session then return 0 end
if sid ~= '' and sid ~= session[SID]
  and is_refused(MARKS, 's' .. at_issuer(session[ISS], string.sub(sid, 2)), asked_at, now) then return 0 end
if identity ~= '' then session[13] = string.sub(identity, 2) end
-- The sid that it has already changes nothing: else the former one would be forgotten before its time.
if sid ~= '' and sid ~= session[SID] then
  for _, field in ipairs({ SID, FORMER_SID }) do
    local entry = sid_entry(session, field, key)
    if entry then redis.call('ZREM', SIDS, entry) end
  end
  session[FORMER_SID] = session[SID]
  session[FORMER_UNTIL] = session[SID] ~= '' and former_until or ''
  session[SID] = sid
  for _, field in ipairs({ SID, FORMER_SID }) do
    local entry = sid_entry(session, field, key)
    if entry then redis.call('ZADD', SIDS, 0, entry) end
  end
end
if at_most ~= '' then
  session[ABSOLUTE] = earlier(session[ABSOLUTE], at_most)
  session[IDLE] = earlier(session[IDLE], at_most)
end
redis.call('HSET', SESSIONS, key, session_record(session))
redis.call('ZADD', EXPIRIES, ends_at(session), key)
if tokens ~= '' then redis.call('HSET', TOKENS, key, string.sub(tokens, 2)) end
if data ~= '' then redis.call('HSET', DATA, key, string.sub(data, 2)) end
return 1
