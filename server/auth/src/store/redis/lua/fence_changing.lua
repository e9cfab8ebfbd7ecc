-- A write that changes nothing and needs no memory: a server that may not be written refuses here, before anything is read.
-- One that is full does not, and what follows is allowed to it: an end must not fail for want of memory.
redis.call('HDEL', FENCE, '-')

