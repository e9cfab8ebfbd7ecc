-- What has waited longest, for whoever watches the outbox; without it every entry would have to be read.
CREATE INDEX outbox_by_age ON outbox (created_at) WHERE kept_until IS NULL;
