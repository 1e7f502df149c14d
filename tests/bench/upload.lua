-- SPDX-License-Identifier: MIT
--
-- wrk ... -s upload.lua URL -- FILE KEY FIRST
--
-- Every request puts the file, and behind its end a number of its own, at the URL's path and that
-- number: FIRST + 1, FIRST + 2 .... For one thread.
function init(args)
    local file = assert(io.open(args[1], "rb"))

    picture = file:read("*a")
    file:close()
    headers = {["Authorization"] = "Bearer " .. args[2]}
    number = tonumber(args[3])
    prefix = wrk.path
end

function request()
    number = number + 1
    return wrk.format("PUT", prefix .. string.format("%d", number), headers,
                      picture .. string.format("%016d", number))
end
