local now, alive_after, once, once_until = unpack(ARGV, 1, 4)
local row_marks, own_mark, mark_moment, mark_expires_at = unpack(ARGV, 5, 8)
local queue, queue_reason, due_at = unpack(ARGV, 9, 11)
local note, note_reason, kept_until, channel = unpack(ARGV, 12, 15)
local heads_only = ARGV[16] == '1'
local selector, first, second, third, fourth, fifth = unpack(ARGV, 17, 22)

if once ~= '' then
  local done_until = redis.call('ZSCORE', CLAIMS, once)
  if done_until and tonumber(now) < tonumber(done_until) then return { 1 } end
end

-- Which sessions go. Each of these asks one of what the index gave; all is read before anything is written.
local candidates, is_meant = {}, function() return true end
if selector == 'key' then
  candidates = { first }
elseif selector == 'public id' then
  candidates = { redis.call('HGET', PUBLIC_IDS, first) or nil }
  is_meant = function(session)
    return second == '0' or (session[ISS] == third and session[SUB] == fourth)
  end
elseif selector == 'subject' then
  candidates = keys_at(SUBJECTS, at_issuer(first, second))
  is_meant = function(session)
    return third == '' or tonumber(session[LOGIN_STARTED_AT]) <= tonumber(third)
  end
elseif selector == 'sid' then
  local iss, sid, with_sub, sub, nameless_started_by = first, second, third == '1', fourth, fifth
  candidates = keys_at(SIDS, at_issuer(iss, sid))
  if with_sub and nameless_started_by ~= '' then
    for _, key in ipairs(keys_at(SUBJECTS, at_issuer(iss, sub))) do candidates[#candidates + 1] = key end
  end
  is_meant = function(session)
    if with_sub and session[SUB] ~= sub then return false end
    if session[SID] == '+' .. sid then return true end
    if session[FORMER_SID] == '+' .. sid and tonumber(now) < tonumber(session[FORMER_UNTIL]) then return true end
    return session[SID] == '' and nameless_started_by ~= ''
      and tonumber(session[LOGIN_STARTED_AT]) <= tonumber(nameless_started_by)
  end
elseif selector == 'expired' then
  candidates = redis.call('ZRANGEBYSCORE', EXPIRIES, '-inf', alive_after, 'LIMIT', 0, first)
end

local keys, sessions, seen = {}, {}, {}
local records = in_batches('HMGET', SESSIONS, candidates)
for place, key in ipairs(candidates) do
  local session = records[place] and not seen[key] and session_of(records[place])
  if session and is_meant(session) and (tonumber(ends_at(session)) > tonumber(alive_after)) == (selector ~= 'expired') then
    seen[key] = true
    keys[#keys + 1] = key
    sessions[#sessions + 1] = session
    -- Where its record is, should it be asked for.
    session.record = records[place]
  end
end
local tokens, data = {}, {}
if queue == '1' or not heads_only then tokens = in_batches('HMGET', TOKENS, keys) end
if not heads_only then data = in_batches('HMGET', DATA, keys) end

-- From here on it is written. What frees memory comes first.
local public_ids, by_subject, by_sid = {}, {}, {}
for place, key in ipairs(keys) do
  local session = sessions[place]
  public_ids[place] = session[PUBLIC_ID]
  by_subject[place] = at_issuer(session[ISS], session[SUB]) .. key
  by_sid[#by_sid + 1] = sid_entry(session, SID, key)
  by_sid[#by_sid + 1] = sid_entry(session, FORMER_SID, key)
end
in_batches('HDEL', SESSIONS, keys)
in_batches('HDEL', TOKENS, keys)
in_batches('HDEL', DATA, keys)
in_batches('HDEL', PUBLIC_IDS, public_ids)
in_batches('ZREM', SUBJECTS, by_subject)
in_batches('ZREM', SIDS, by_sid)
in_batches('ZREM', EXPIRIES, keys)

if once ~= '' then redis.call('ZADD', CLAIMS, once_until, once) end

-- Of several marks of one name the latest moment and the latest expiry stand.
local marked = {}
local function mark(name)
  if marked[name] then return end
  marked[name] = true
  local moment, expires_at = mark_moment, mark_expires_at
  local before = redis.call('HGET', MARKS, name)
  if before then
    local moment_before, expires_before = struct.unpack('>I4c0I4c0', before)
    moment, expires_at = later(moment, moment_before), later(expires_at, expires_before)
  end
  redis.call('HSET', MARKS, name, packed({ moment, expires_at }))
  redis.call('ZADD', MARK_EXPIRIES, expires_at, name)
end
if own_mark ~= '' then mark(own_mark) end
if row_marks ~= 'none' then
  for _, session in ipairs(sessions) do
    if row_marks == 'subject' then
      mark('p' .. at_issuer(session[ISS], session[SUB]))
    else
      if session[SID] ~= '' then mark('s' .. at_issuer(session[ISS], string.sub(session[SID], 2))) end
      if session[FORMER_SID] ~= '' and tonumber(now) < tonumber(session[FORMER_UNTIL]) then
        mark('s' .. at_issuer(session[ISS], string.sub(session[FORMER_SID], 2)))
      end
    end
  end
end

if queue == '1' then
  -- The key of a session is never used twice, so what stood under it, should anything, gives way: an end must not fail here.
  local entries, dues, ages = {}, {}, {}
  for place, key in ipairs(keys) do
    local session = sessions[place]
    entries[2 * place - 1] = key
    entries[2 * place] =
      packed({ session[ISS], session[SUB], queue_reason, tokens[place] or '', '', now, due_at, '0', '', '' })
    dues[2 * place - 1] = due_at
    dues[2 * place] = key
    ages[2 * place - 1] = now
    ages[2 * place] = key
  end
  in_batches('ZREM', LEASED, keys)
  in_batches('ZREM', KEPT, keys)
  in_batches('HSET', OUTBOX, entries)
  in_batches('ZADD', DUE, dues)
  in_batches('ZADD', AGES, ages)
end

if note == '1' and #keys > 0 then
  local last = redis.call('INCRBY', LAST_PLACE, #keys)
  local ends, places, people, newest, expiries = {}, {}, {}, {}, {}
  for place, key in ipairs(keys) do
    local session, seq = sessions[place], digits(last - #keys + place)
    local ended_at, reason = now, note_reason
    if not is_living(session, now) then ended_at, reason = ends_at(session), 'expired' end
    local odd, even = 2 * place - 1, 2 * place
    ends[odd], ends[even] = seq, packed({
      key, session[PUBLIC_ID], session[ISS], session[SUB], session[CREATED_AT], ended_at, reason, session[DEVICE], kept_until,
    })
    places[odd], places[even] = seq, seq
    people[odd], people[even] = '0', at_issuer(session[ISS], session[SUB]) .. order(ended_at, seq)
    newest[odd], newest[even] = key, seq
    expiries[odd], expiries[even] = kept_until, seq
  end
  in_batches('HSET', ENDS, ends)
  in_batches('ZADD', PLACES, places)
  in_batches('ZADD', PEOPLE, people)
  in_batches('HSET', NEWEST, newest)
  in_batches('ZADD', END_EXPIRIES, expiries)
  -- A hint: whoever may not give it loses no more than half a second.
  redis.pcall('PUBLISH', channel, '')
end

local answer = { 0 }
for place, key in ipairs(keys) do
  answer[#answer + 1] = key
  answer[#answer + 1] = sessions[place].record
  answer[#answer + 1] = not heads_only and tokens[place] or ''
  answer[#answer + 1] = data[place] or false
end
return answer
