-- What every script begins with. A record is a row of fields, each of them four bytes of length and so many bytes.
-- Moments stay the decimal digits that they came as: only where two are compared do they become numbers.

local BATCH = 1000

local function format(fields)
  return '>' .. string.rep('I4c0', fields)
end

local SESSION, ENTRY, END = format(13), format(10), format(9)

local FORMATS = { [2] = format(2), [9] = END, [10] = ENTRY, [13] = SESSION }

local function packed(fields)
  local parts = {}
  for place = 1, #fields do
    parts[2 * place - 1] = #fields[place]
    parts[2 * place] = fields[place]
  end
  return struct.pack(FORMATS[#fields], unpack(parts))
end

local function digits(number)
  return string.format('%.0f', number)
end

local function earlier(a, b)
  if tonumber(b) < tonumber(a) then return b end
  return a
end

local function later(a, b)
  if tonumber(a) < tonumber(b) then return b end
  return a
end

-- Issuer and subject, or issuer and sid: what an index entry begins with. The key behind it has 32 bytes.
local function at_issuer(iss, value)
  return struct.pack('>I4c0I4c0', #iss, iss, #value, value)
end

local function keys_at(index, prefix)
  local keys = {}
  local found = redis.call('ZRANGEBYLEX', index, '[' .. prefix, '[' .. prefix .. string.rep('\255', 33))
  for place, entry in ipairs(found) do keys[place] = string.sub(entry, -32) end
  return keys
end

-- One call for many, in portions: what Lua can pass at once is bounded.
local function in_batches(command, key, arguments)
  local answers = {}
  for first = 1, #arguments, BATCH do
    local last = math.min(first + BATCH - 1, #arguments)
    local answer = redis.call(command, key, unpack(arguments, first, last))
    if type(answer) == 'table' then
      for place = 1, last - first + 1 do answers[first + place - 1] = answer[place] end
    end
  end
  return answers
end

-- Fields of a session.
local PUBLIC_ID, ISS, SUB, SID, FORMER_SID, FORMER_UNTIL, LOGIN_STARTED_AT = 1, 2, 3, 4, 5, 6, 7
local CREATED_AT, LAST_USED_AT, IDLE, ABSOLUTE, DEVICE = 8, 9, 10, 11, 12

local function ends_at(session)
  return earlier(session[IDLE], session[ABSOLUTE])
end

local function is_living(session, now)
  return tonumber(now) < tonumber(ends_at(session))
end

-- A sid stands behind a plus sign; without one there is none.
local function sid_entry(session, field, key)
  if session[field] == '' then return nil end
  return at_issuer(session[ISS], string.sub(session[field], 2)) .. key
end

local function session_of(record)
  return { struct.unpack(SESSION, record) }
end

local function session_record(session)
  session[14] = nil
  return packed(session)
end

-- The living session of this key.
local function living(key, now)
  local record = redis.call('HGET', SESSIONS, key)
  if not record then return nil end
  local session = session_of(record)
  if not is_living(session, now) then return nil end
  return session, record
end

-- Whether this mark stands against what was started then.
local function is_refused(marks, name, started_at, now)
  local mark = redis.call('HGET', marks, name)
  if not mark then return false end
  local moment, expires_at = struct.unpack('>I4c0I4c0', mark)
  return tonumber(started_at) <= tonumber(moment) and tonumber(now) < tonumber(expires_at)
end

