local key, record, tokens, has_data, data, now = unpack(ARGV, 1, 6)
local session = session_of(record)
for place = 7, #ARGV do
  if is_refused(MARKS, ARGV[place], session[LOGIN_STARTED_AT], now) then return 'refused' end
end
if redis.call('HEXISTS', SESSIONS, key) == 1 or redis.call('HEXISTS', PUBLIC_IDS, session[PUBLIC_ID]) == 1 then
  return 'duplicate'
end
redis.call('HSET', SESSIONS, key, record)
redis.call('HSET', TOKENS, key, tokens)
if has_data == '1' then redis.call('HSET', DATA, key, data) end
redis.call('HSET', PUBLIC_IDS, session[PUBLIC_ID], key)
redis.call('ZADD', SUBJECTS, 0, at_issuer(session[ISS], session[SUB]) .. key)
for _, field in ipairs({ SID, FORMER_SID }) do
  local entry = sid_entry(session, field, key)
  if entry then redis.call('ZADD', SIDS, 0, entry) end
end
redis.call('ZADD', EXPIRIES, ends_at(session), key)
return 'created'
