local iss, sub, limit, now = unpack(ARGV)
local prefix, found, skipped = at_issuer(iss, sub), {}, 0
limit = tonumber(limit)
-- Those past their time are passed over, page after page, until there are enough.
while #found < 2 * limit do
  local page = redis.call('ZREVRANGEBYLEX', PEOPLE, '[' .. prefix .. string.rep('\255', 17), '[' .. prefix,
    'LIMIT', skipped, 100)
  for _, entry in ipairs(page) do
    local seq = digits(struct.unpack('>I8', entry, #entry - 7))
    local record = redis.call('HGET', ENDS, seq)
    local kept_until = record and select(9, struct.unpack(END, record))
    if record and tonumber(now) < tonumber(kept_until) and #found < 2 * limit then
      found[#found + 1] = seq
      found[#found + 1] = record
    end
  end
  if #page < 100 then break end
  skipped = skipped + 100
end
return found
