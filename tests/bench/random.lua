-- SPDX-License-Identifier: MIT
--
-- wrk ... -s random.lua URL -- COUNT [SUFFIX]
--
-- Every request asks for one of COUNT pictures, all alike: the URL's path, then a
-- number of eight digits, from 0 on, then SUFFIX. For one thread.
function init(args)
    count = tonumber(args[1])
    suffix = args[2] or ""
    prefix = wrk.path
    math.randomseed(os.time())
end

function request()
    return wrk.format("GET", prefix .. string.format("%08d", math.random(0, count - 1)) .. suffix)
end
