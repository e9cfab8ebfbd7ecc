-- A write that changes nothing and that a full server refuses: so does one that may not be written.
redis.call('ZADD', FENCE, 'XX', 0, '-')

