// Counting by address, with bounded memory.
#include "transport/address_places.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>

namespace ladestrom::transport {

namespace {

constexpr std::size_t budgets_max = 10'000;
constexpr std::size_t network_bytes = 8;

}  // namespace

std::string network_of(const std::string& address)
{
    boost::system::error_code error;
    auto const parsed = boost::asio::ip::make_address(address, error);
    if (error || !parsed.is_v6()) return address;
    auto bytes = parsed.to_v6().to_bytes();
    std::fill(bytes.begin() + network_bytes, bytes.end(), std::uint8_t{0});
    return boost::asio::ip::make_address_v6(bytes).to_string() + "/64";
}

void AddressPlaces::take(const std::string& network, std::uint64_t id)
{
    auto& places = places_[network];
    by_count_.erase({places.size(), network});
    places.insert(id);
    by_count_.emplace(places.size(), network);
}

void AddressPlaces::leave(const std::string& network, std::uint64_t id)
{
    auto const found = places_.find(network);
    if (found == places_.end() || !found->second.contains(id)) return;
    by_count_.erase({found->second.size(), network});
    found->second.erase(id);
    if (found->second.empty()) {
        places_.erase(found);
    } else {
        by_count_.emplace(found->second.size(), network);
    }
}

std::optional<std::string> AddressPlaces::greediest(const std::string& network) const
{
    if (by_count_.empty()) return std::nullopt;
    const auto& [most, holder] = *by_count_.rbegin();
    if (most <= places(network).size() + 1) return std::nullopt;
    return holder;
}

const std::set<std::uint64_t>& AddressPlaces::places(const std::string& network) const
{
    static const std::set<std::uint64_t> none;
    auto const found = places_.find(network);
    return found == places_.end() ? none : found->second;
}

double RefusalBudget::left(const Budget& budget, Tick now) const
{
    auto const full = static_cast<double>(refusals_);
    auto const refilled = static_cast<double>((now - budget.since).count()) /
                          static_cast<double>(std::max<Duration::rep>(refill_.count(), 1)) * full;
    return std::min(full, budget.left + refilled);
}

bool RefusalBudget::spent(const std::string& network, Tick now) const
{
    auto const found = budgets_.find(network);
    return found != budgets_.end() && left(found->second, now) < 1;
}

void RefusalBudget::note(const std::string& network, Tick now)
{
    if (refusals_ == 0) return;
    if (budgets_.size() >= budgets_max && !budgets_.contains(network)) make_room(now);
    auto const [entry, fresh] = budgets_.try_emplace(network, Budget{static_cast<double>(refusals_), now});
    entry->second = Budget{std::max(left(entry->second, now) - 1, 0.0), now};
}

// Full again means forgotten. When nobody is, all begin anew: bounded memory comes first.
void RefusalBudget::make_room(Tick now)
{
    std::erase_if(budgets_, [&](const auto& entry) {
        return left(entry.second, now) >= static_cast<double>(refusals_);
    });
    if (budgets_.size() >= budgets_max) budgets_.clear();
}

}  // namespace ladestrom::transport
