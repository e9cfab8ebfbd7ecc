-- The app's data stands behind a plus sign; without one there is none.
local key, device, identity, tokens, data, new_device, new_identity, new_tokens, new_data = unpack(ARGV)
local record = redis.call('HGET', SESSIONS, key)
if not record then return 0 end
local session = session_of(record)
local found = redis.call('HGET', DATA, key)
local is_as_before = session[DEVICE] == device and session[13] == identity
  and redis.call('HGET', TOKENS, key) == tokens and (found and '+' .. found or '') == data
if not is_as_before then return 0 end
session[DEVICE], session[13] = new_device, new_identity
redis.call('HSET', SESSIONS, key, session_record(session))
redis.call('HSET', TOKENS, key, new_tokens)
if new_data ~= '' then redis.call('HSET', DATA, key, string.sub(new_data, 2)) end
return 1
