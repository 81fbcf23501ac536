// Checks and hashes people's passwords on a thread of its own: argon2id takes a tenth of a second by design.
#pragma once

#include "base/result.hpp"
#include "crypto/people_password.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace ladestrom::api {

// Runs something on the API's loop; called from other threads.
using Executor = std::function<void(std::function<void()>)>;

class PasswordWorker {
public:
    PasswordWorker(Executor executor, crypto::Argon2Cost cost);
    ~PasswordWorker();
    PasswordWorker(const PasswordWorker&) = delete;
    PasswordWorker& operator=(const PasswordWorker&) = delete;

    // `done` runs on the API's loop. False, and nothing happens: too many wait already. An empty hash takes
    // as long as any other and never matches.
    bool check(std::string hash, std::string password, std::function<void(bool)> done);
    bool hash(std::string password, std::function<void(Result<std::string>)> done);

private:
    static constexpr std::size_t waiting_max = 16;

    bool add(std::function<void()> job);
    void run();

    Executor executor_;
    crypto::Argon2Cost cost_;
    std::string nobodys_hash_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> jobs_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace ladestrom::api
