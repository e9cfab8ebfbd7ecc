-- So many of each kind at most. Tells how many went, and whether more may be waiting.
local now, most = unpack(ARGV)
local total, more = 0, 0

local function past(expiries)
  local found = redis.call('ZRANGEBYSCORE', expiries, '-inf', now, 'LIMIT', 0, most)
  total = total + #found
  if #found == tonumber(most) then more = 1 end
  in_batches('ZREM', expiries, found)
  return found
end

in_batches('HDEL', PENDING, past(PENDING_EXPIRIES))
in_batches('HDEL', MARKS, past(MARK_EXPIRIES))
in_batches('HDEL', OUTBOX, past(KEPT))
past(CLAIMS)

local seqs = past(END_EXPIRIES)
local records, people = in_batches('HMGET', ENDS, seqs), {}
for place, seq in ipairs(seqs) do
  if records[place] then
    local key, _, iss, sub, _, ended_at = struct.unpack(END, records[place])
    people[#people + 1] = at_issuer(iss, sub) .. order(ended_at, seq)
    if redis.call('HGET', NEWEST, key) == seq then redis.call('HDEL', NEWEST, key) end
  end
end
in_batches('ZREM', PEOPLE, people)
in_batches('ZREM', PLACES, seqs)
in_batches('HDEL', ENDS, seqs)
return { total, more }
