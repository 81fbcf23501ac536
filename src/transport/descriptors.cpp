#include "transport/descriptors.hpp"

#include <sys/resource.h>

namespace ladestrom::transport {

DescriptorLimit raise_descriptor_limit()
{
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return {};
    DescriptorLimit result{limit.rlim_cur, limit.rlim_cur};
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) == 0) result.now = limit.rlim_cur;
    return result;
}

}  // namespace ladestrom::transport
