#include "api/password_worker.hpp"

#include "crypto/random_token.hpp"

#include <utility>

namespace ladestrom::api {

PasswordWorker::PasswordWorker(Executor executor, crypto::Argon2Cost cost)
    : executor_(std::move(executor)), cost_(cost), thread_([this] { run(); })
{
}

PasswordWorker::~PasswordWorker()
{
    {
        const std::lock_guard guard(mutex_);
        stopping_ = true;
        jobs_.clear();
    }
    wake_.notify_one();
    thread_.join();
}

bool PasswordWorker::check(std::string hash, std::string password, std::function<void(bool)> done)
{
    return add([this, hash = std::move(hash), password = std::move(password), done = std::move(done)] {
        const bool matches = crypto::password_matches(hash.empty() ? nobodys_hash_ : hash, password);
        executor_([done, good = matches && !hash.empty()] { done(good); });
    });
}

bool PasswordWorker::hash(std::string password, std::function<void(Result<std::string>)> done)
{
    return add([this, password = std::move(password), done = std::move(done)] {
        executor_([done, hashed = crypto::hash_password(password, cost_)] { done(hashed); });
    });
}

bool PasswordWorker::add(std::function<void()> job)
{
    {
        const std::lock_guard guard(mutex_);
        if (jobs_.size() >= waiting_max) return false;
        jobs_.push_back(std::move(job));
    }
    wake_.notify_one();
    return true;
}

void PasswordWorker::run()
{
    if (auto made = crypto::hash_password(crypto::random_token(16), cost_)) nobodys_hash_ = *made;
    while (true) {
        std::function<void()> job;
        {
            std::unique_lock guard(mutex_);
            wake_.wait(guard, [this] { return stopping_ || !jobs_.empty(); });
            if (stopping_) return;
            job = std::move(jobs_.front());
            jobs_.pop_front();
        }
        job();
    }
}

}  // namespace ladestrom::api
