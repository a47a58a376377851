-- Sends METHOD to any of PATHS with each line of COOKIES in turn, and BODY, in which {n} is unique to thread and request;
-- expects STATUS.
local threads = {}

function setup(thread)
  thread:set('number', #threads)
  table.insert(threads, thread)
end

function init()
  math.randomseed(os.time() * 100 + number)
  run, sent, wrong, paths, cookies = math.random(1e8), 0, 0, {}, {}
  for path in os.getenv('PATHS'):gmatch('[^\n]+') do table.insert(paths, path) end
  local file = os.getenv('COOKIES')
  if file ~= '' then
    for line in io.lines(file) do table.insert(cookies, line) end
  end
end

function request()
  sent = sent + 1
  local path = paths[math.random(#paths)]
  local body = os.getenv('BODY')
  local headers = { Cookie = cookies[sent % math.max(#cookies, 1) + 1] }
  if body == '' then return wrk.format(os.getenv('METHOD'), path, headers) end
  headers['Content-Type'] = 'application/x-www-form-urlencoded'
  local unique = string.format('%d-%d-%d', run, number, sent)
  return wrk.format(os.getenv('METHOD'), path, headers, (body:gsub('{n}', unique)))
end

local expected = tonumber(os.getenv('STATUS'))

function response(status)
  if status ~= expected then wrong = wrong + 1 end
end

function done(summary, latency)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  for _, thread in ipairs(threads) do failed = failed + thread:get('wrong') end
  print(string.format('RESULT %d %d %d %d %d %d', summary.requests, summary.duration, failed,
    latency:percentile(50), latency:percentile(95), latency:percentile(99)))
end
