#include "transport/descriptors.hpp"

#include <algorithm>

#include <sys/resource.h>

namespace ladestrom::transport {

DescriptorLimit raise_descriptor_limit()
{
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return {};
    DescriptorLimit result{limit.rlim_cur, limit.rlim_cur};
    // Where there is no limit, more than this is of no use to one process.
    constexpr rlim_t most = 1'000'000;
    limit.rlim_cur = std::max(limit.rlim_cur, std::min(limit.rlim_max, most));
    if (setrlimit(RLIMIT_NOFILE, &limit) == 0) result.now = limit.rlim_cur;
    return result;
}

}  // namespace ladestrom::transport
