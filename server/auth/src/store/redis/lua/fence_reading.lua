-- A server that may not be written may not be read either: it could be a replica that has not heard of an end yet. A write
-- that changes nothing tells. That its disk fails is no reason not to read.
local fence = redis.pcall('HDEL', FENCE, '-')
if type(fence) == 'table' and fence.err and not string.find(fence.err, 'MISCONF', 1, true) then return fence end

