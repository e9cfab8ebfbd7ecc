-- The order of a person's ends, as bytes that sort alike: when it ended, then its place.
local function order(ended_at, seq)
  return struct.pack('>I8I8', tonumber(ended_at) + 2 ^ 52, tonumber(seq))
end

