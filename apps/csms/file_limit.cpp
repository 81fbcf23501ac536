#include "file_limit.hpp"

#include <algorithm>

#include <sys/resource.h>

namespace ladestrom::app {

std::size_t raise_file_limit()
{
    // Where there is no limit, more than this is of no use to one process.
    constexpr rlim_t most = 1'000'000;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
    const rlim_t wanted = std::min(limit.rlim_max, most);
    if (limit.rlim_cur < wanted) {
        const rlimit raised{wanted, limit.rlim_max};
        if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit.rlim_cur = wanted;
    }
    return static_cast<std::size_t>(std::min(limit.rlim_cur, most));
}

}  // namespace ladestrom::app
