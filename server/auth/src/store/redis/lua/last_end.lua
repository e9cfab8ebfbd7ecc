return redis.call('GET', LAST_PLACE) or '0'
