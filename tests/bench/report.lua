-- What wrk asks and how it reports. Arguments after `--`, none for GET: a method, a content type
-- and the file that holds the body.
function init(arguments)
  if arguments[1] then
    local file = assert(io.open(arguments[3], 'rb'))
    wrk.method = arguments[1]
    wrk.headers['Content-Type'] = arguments[2]
    wrk.body = file:read('*a')
    file:close()
  end
end

-- wrk calls done() at the end; the line it writes is for load.py. wrk's own report rounds.
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    'BENCH {"requests": %d, "duration_us": %d, "p50_us": %d, "p99_us": %d, "errors": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
end
