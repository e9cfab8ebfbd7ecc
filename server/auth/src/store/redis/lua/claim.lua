local claim, until_, now = unpack(ARGV)
local claimed_until = redis.call('ZSCORE', CLAIMS, claim)
if claimed_until and tonumber(now) < tonumber(claimed_until) then return 0 end
redis.call('ZADD', CLAIMS, until_, claim)
return 1
