local now, by, iss, value = unpack(ARGV)
local keys = keys_at(by == 'sid' and SIDS or SUBJECTS, at_issuer(iss, value))
local records, found = in_batches('HMGET', SESSIONS, keys), {}
for place, key in ipairs(keys) do
  local record = records[place]
  local session = record and session_of(record)
  local is_meant = session and is_living(session, now)
  -- By a former sid only until its time.
  if is_meant and by == 'sid' and session[SID] ~= '+' .. value then
    is_meant = tonumber(now) < tonumber(session[FORMER_UNTIL])
  end
  if is_meant then
    found[#found + 1] = key
    found[#found + 1] = record
  end
end
return found
