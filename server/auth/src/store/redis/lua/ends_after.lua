local seq, limit = unpack(ARGV)
local places = redis.call('ZRANGEBYSCORE', PLACES, '(' .. seq, '+inf', 'LIMIT', 0, limit)
local records, found = in_batches('HMGET', ENDS, places), {}
for place, seq in ipairs(places) do
  found[#found + 1] = seq
  found[#found + 1] = records[place]
end
return found
