// Named counters of a core: every tolerance, refusal and dropped frame is counted and visible.
// Not thread-safe: a core belongs to one thread, adapters copy.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace ladestrom {

class Counters {
public:
    void add(std::string_view name, std::uint64_t count = 1)
    {
        auto found = values_.find(name);
        if (found == values_.end()) {
            values_.emplace(std::string(name), count);
        } else {
            found->second += count;
        }
    }

    std::uint64_t get(std::string_view name) const
    {
        auto found = values_.find(name);
        return found == values_.end() ? 0 : found->second;
    }

    const std::map<std::string, std::uint64_t, std::less<>>& all() const { return values_; }

private:
    std::map<std::string, std::uint64_t, std::less<>> values_;
};

}  // namespace ladestrom
