// What the tests of the ledger share: a directory that goes away, and an executor that they run themselves.
#pragma once

#include "store/sqlite/ledger_sqlite.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <mutex>
#include <string>

namespace ladestrom::store::sqlite {

class TemporaryDirectory {
public:
    TemporaryDirectory()
    {
        std::string name = (std::filesystem::temp_directory_path() / "ladestrom-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    std::string file(const std::string& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

class QueueExecutor {
public:
    Executor executor()
    {
        return [this](std::function<void()> work) {
            const std::lock_guard guard(mutex_);
            queue_.push_back(std::move(work));
            wake_.notify_one();
        };
    }

    // Runs one piece of work; waits for it. False: none came.
    bool run_one(std::chrono::milliseconds limit = std::chrono::seconds(20))
    {
        std::unique_lock guard(mutex_);
        if (!wake_.wait_for(guard, limit, [this] { return !queue_.empty(); })) return false;
        auto work = std::move(queue_.front());
        queue_.pop_front();
        guard.unlock();
        work();
        return true;
    }

    void run_until(const std::function<bool()>& done)
    {
        while (!done()) ASSERT_TRUE(run_one()) << "nothing happens any more";
    }

private:
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> queue_;
};

}  // namespace ladestrom::store::sqlite
