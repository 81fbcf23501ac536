#include "transport/descriptors.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>

#include <algorithm>

namespace ladestrom::transport {
namespace {

TEST(Descriptors, TheSoftLimitIsRaisedToTheHardOne)
{
    rlimit limit{};
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    const rlimit found = limit;
    limit.rlim_cur = std::min<rlim_t>(256, limit.rlim_max);
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
    const DescriptorLimit raised = raise_descriptor_limit();
    EXPECT_EQ(raised.before, limit.rlim_cur);
    EXPECT_EQ(raised.now, std::min<rlim_t>(found.rlim_max, 1'000'000));
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    EXPECT_EQ(limit.rlim_cur, raised.now);
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &found), 0);
}

}  // namespace
}  // namespace ladestrom::transport
