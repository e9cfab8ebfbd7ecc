-- What lies there must be ours and of a layout that is known; an empty place becomes ours.
local known, kinds = tonumber(ARGV[1]), { unpack(ARGV, 2) }
local is_empty = true
for place = 2, #KEYS do
  local kind = redis.call('TYPE', KEYS[place]).ok
  if kind ~= 'none' then
    is_empty = false
    if kind ~= kinds[place - 1] then return { 'foreign', 0 } end
  end
end
local layout = redis.call('HGET', PROBE, 'layout')
if not layout then
  if not is_empty then return { 'foreign', 0 } end
  redis.call('HSET', PROBE, 'layout', ARGV[1])
  return { 'ours', known }
end
if tonumber(layout) ~= known then return { 'other', tonumber(layout) or 0 } end
return { 'ours', known }
