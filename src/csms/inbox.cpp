#include "csms/inbox.hpp"

#include "csms/text.hpp"

#include <algorithm>
#include <utility>

namespace ladestrom::csms {
namespace {

constexpr std::size_t most_subprotocols = 8;
constexpr std::size_t longest_subprotocol = 64;

std::vector<std::string> shortened(const std::vector<std::string>& offered)
{
    std::vector<std::string> kept;
    for (const std::string& name : offered) {
        if (kept.size() == most_subprotocols) break;
        kept.push_back(bounded(name, longest_subprotocol));
    }
    return kept;
}

}  // namespace

void Inbox::note(const UpgradeRequested& request, const Refuse& refusal, Instant now)
{
    if (capacity_ == 0) return;
    if (entries_.size() >= capacity_ && !entries_.contains(request.identity)) {
        entries_.erase(
            std::ranges::min_element(entries_, {}, [](const auto& entry) { return entry.second.turn; }));
    }
    auto [at, is_new] = entries_.try_emplace(request.identity);
    Entry& entry = at->second;
    entry.turn = ++turns_;
    UnknownStation& station = entry.station;
    if (is_new) station.first_seen = now;
    station.identity = request.identity;
    station.remote = bounded(request.remote);
    station.offered = shortened(request.offered);
    station.has_credentials = request.has_credentials;
    station.tls = request.tls;
    station.code = refusal.counter.substr(refusal.counter.rfind('.') + 1);
    station.reason = refusal.reason;
    station.last_seen = now;
    ++station.attempts;
}

std::vector<UnknownStation> Inbox::newest_first() const
{
    std::vector<const Entry*> order;
    order.reserve(entries_.size());
    for (const auto& [identity, entry] : entries_) order.push_back(&entry);
    std::ranges::sort(order, std::ranges::greater{}, &Entry::turn);
    std::vector<UnknownStation> stations;
    stations.reserve(order.size());
    for (const Entry* entry : order) stations.push_back(entry->station);
    return stations;
}

}  // namespace ladestrom::csms
