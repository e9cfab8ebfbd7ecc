-- Whatever is there from the first step of a walk to the last is given at least once.
local cursor, limit = unpack(ARGV)
local next, found = unpack(redis.call('HSCAN', SESSIONS, cursor, 'COUNT', limit))
local keys = {}
for place = 1, #found, 2 do keys[#keys + 1] = found[place] end
local tokens, data = in_batches('HMGET', TOKENS, keys), in_batches('HMGET', DATA, keys)
local rows = {}
for place, key in ipairs(keys) do
  rows[place] = { key, found[2 * place], tokens[place] or '', data[place] and '+' .. data[place] or '' }
end
return { next, rows }
