-- Two writes that need no memory, change nothing together, and are handed to the replicas in any case. WAIT waits for what the
-- connection wrote last, and a script that found nothing to change wrote nothing: without this it would wait for nothing, and
-- call certain what an earlier call, over another connection, has changed a moment ago.
redis.call('PEXPIRE', PROBE, 3600000)
redis.call('PERSIST', PROBE)
