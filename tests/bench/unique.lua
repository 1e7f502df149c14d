-- SPDX-License-Identifier: MIT
--
-- wrk ... -s unique.lua URL -- FIRST [SUFFIX]
--
-- Every request asks for a number of its own: the URL's path, then FIRST + 1,
-- FIRST + 2 ..., then SUFFIX. For one thread.
function init(args)
    number = tonumber(args[1])
    suffix = args[2] or ""
    prefix = wrk.path
end

function request()
    number = number + 1
    return wrk.format("GET", prefix .. string.format("%d", number) .. suffix)
end
