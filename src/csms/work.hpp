// What a function that serves one message of a station is given, and what it may give back.
//
// Such a function is pure but for its Work: it reads the station as last committed, asks for further facts
// (Lookups), adds writes, and returns its answer. It may be run several times, as its facts come in; only the
// writes of the run that answers count.
#pragma once

#include "base/counters.hpp"
#include "base/random.hpp"
#include "csms/csms.hpp"
#include "csms/lookups.hpp"
#include "csms/tokens.hpp"
#include "messages/codec.hpp"
#include "store/ledger.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ladestrom::csms {

// Some facts are not there yet.
struct Waiting {};
// The answer is a CALLERROR.
using Refused = messages::DecodeError;

template <class T>
using Outcome = std::variant<T, Waiting, Refused>;

// One station as the store holds it, as far as the core keeps it in memory.
struct StationBook {
    store::StationRow row;
    std::vector<store::ConnectorRow> connectors;
    // Oldest first. Bounded: of a station that never stops anything the oldest are left to the store.
    std::vector<store::SessionRow> running;
    static constexpr std::size_t most_running = 64;

    // A write of this station that has been committed.
    void apply(const store::Write& write);
    const store::ConnectorRow* connector(EvseId evse) const;
    const store::SessionRow* running_transaction(std::string_view transaction_id) const;
};

struct Work {
    const StationBook& station;
    Lookups& lookups;
    TokenCache& tokens;
    const Options& options;
    Counters& counters;
    Random& random;
    Now now;
    OcppVersion version = OcppVersion::v1_6;
    std::string_view message_id;

    store::WriteBatch writes;
    std::optional<store::Admission> told;  // by the answer to a boot

    const StationId& id() const { return station.row.id; }
    // The station's row in `writes`, put there when it is not yet.
    store::StationRow& changed_station();
    const TokenFacts* token(std::string_view value, bool count_running);
    void record_event(Instant at, std::string kind, std::string detail);
};

}  // namespace ladestrom::csms
