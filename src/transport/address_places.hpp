// A bounded number of places, shared fairly among the addresses that connections come from: who floods one
// server must not keep others out of it. IPv6 counts by network (/64), which is what one customer has.
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace ladestrom::transport {

// "192.0.2.7" as it is, "2001:db8:1:2:3::4" as "2001:db8:1:2::/64".
std::string network_of(const std::string& address);

// Who holds which place. Networks are those of network_of().
class AddressPlaces {
public:
    void take(const std::string& network, std::uint64_t id);
    void leave(const std::string& network, std::uint64_t id);
    // When all places are taken: the network that must give one up for a newcomer of `network`; none when
    // nobody holds clearly more. Then the newcomer is the one to go: in a storm of many, whoever is nearly
    // done must not make room.
    std::optional<std::string> greediest(const std::string& network) const;
    // Its places, oldest first.
    const std::set<std::uint64_t>& places(const std::string& network) const;

private:
    std::unordered_map<std::string, std::set<std::uint64_t>> places_;
    std::set<std::pair<std::size_t, std::string>> by_count_;
};

// A budget of refusals for each network, which fills up again with time.
class RefusalBudget {
public:
    // So many at once, and as many again within `refill`. 0: no limit.
    RefusalBudget(std::size_t refusals, Duration refill) : refusals_(refusals), refill_(refill) {}

    bool spent(const std::string& network, Tick now) const;
    void note(const std::string& network, Tick now);

private:
    struct Budget {
        double left = 0;
        Tick since{};
    };

    double left(const Budget& budget, Tick now) const;
    void make_room(Tick now);

    std::size_t refusals_;
    Duration refill_;
    std::unordered_map<std::string, Budget> budgets_;
};

}  // namespace ladestrom::transport
