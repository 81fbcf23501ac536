#include "file_limit.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>

namespace ladestrom::app {
namespace {

// Login shells start programs with 1,024 of them: too few for a fleet.
TEST(FileLimit, IsRaisedToWhatTheSystemAllows)
{
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const rlimit low{256, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
    const std::size_t files = raise_file_limit();
    rlimit after{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &after), 0);
    EXPECT_EQ(files, after.rlim_cur);
    EXPECT_GT(files, 256U);
    EXPECT_LE(after.rlim_cur, before.rlim_max);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

}  // namespace
}  // namespace ladestrom::app
