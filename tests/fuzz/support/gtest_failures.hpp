// The test worlds state their invariants as expectations of GoogleTest; here one that fails ends the run.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>

namespace ladestrom::fuzz {

class AbortOnFailure final : public ::testing::EmptyTestEventListener {
public:
    // Once per process.
    static void install() { ::testing::UnitTest::GetInstance()->listeners().Append(new AbortOnFailure); }

    void OnTestPartResult(const ::testing::TestPartResult& result) override
    {
        if (!result.failed()) return;
        std::fprintf(stderr, "INVARIANT: %s:%d: %s\n", result.file_name() ? result.file_name() : "",
                     result.line_number(), result.message());
        std::abort();
    }
};

}  // namespace ladestrom::fuzz
