local claim, until_ = unpack(ARGV)
local claimed_until = redis.call('ZSCORE', CLAIMS, claim)
if claimed_until and tonumber(claimed_until) == tonumber(until_) then redis.call('ZREM', CLAIMS, claim) end
return 1
