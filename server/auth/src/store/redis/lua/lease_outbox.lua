local which, what, until_, now = unpack(ARGV)
local DUE_AT, ATTEMPTS, LEASED_UNTIL, KEPT_UNTIL = 7, 8, 9, 10

local function entry_of(id)
  local record = redis.call('HGET', OUTBOX, id)
  return record and { struct.unpack(ENTRY, record) }
end

local function is_free(entry)
  return entry and entry[KEPT_UNTIL] == ''
    and (entry[LEASED_UNTIL] == '' or tonumber(entry[LEASED_UNTIL]) <= tonumber(now))
end

local ids, entries = {}, {}
if which == 'one' then
  local entry = entry_of(what)
  if is_free(entry) then ids, entries = { what }, { entry } end
else
  -- Leases that ran out: their entries are due as they were before.
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', LEASED, '-inf', now, 'LIMIT', 0, BATCH)) do
    local entry = entry_of(id)
    redis.call('ZREM', LEASED, id)
    if entry then redis.call('ZADD', DUE, entry[DUE_AT], id) end
  end
  local most, skipped = tonumber(what), 0
  while #ids < most do
    local page = redis.call('ZRANGEBYSCORE', DUE, '-inf', now, 'LIMIT', skipped, 100)
    for _, id in ipairs(page) do
      local entry = entry_of(id)
      -- Another instance's clock may be ahead and have found its lease run out: by this one it is not.
      if #ids < most and is_free(entry) then
        ids[#ids + 1] = id
        entries[#entries + 1] = entry
      end
    end
    if #page < 100 then break end
    skipped = skipped + 100
  end
end

local answer = {}
for place, id in ipairs(ids) do
  local entry = entries[place]
  entry[11] = nil
  entry[LEASED_UNTIL] = until_
  entry[ATTEMPTS] = digits(math.min(tonumber(entry[ATTEMPTS]) + 1, 4294967295))
  local record = packed(entry)
  redis.call('HSET', OUTBOX, id, record)
  redis.call('ZREM', DUE, id)
  redis.call('ZADD', LEASED, until_, id)
  answer[#answer + 1] = id
  answer[#answer + 1] = record
end
return answer
