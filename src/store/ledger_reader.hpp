// What the API reads of the ledger, besides and never through a core: lists in pages and details.
// Reads see what has been committed. Calls return when the answer is there; one thread at a time.
#pragma once

#include "store/ledger.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ladestrom::store {

struct PageRequest {
    std::size_t limit = 50;
    std::string cursor;  // `next` of the page before; empty: the first page
};

template <class Row>
struct Page {
    std::vector<Row> items;
    std::optional<std::string> next;
};

// Why a read gave nothing.
struct ReadError : Error {
    bool bad_cursor = false;  // the asker's mistake; else the store's
};

template <class T>
using ReadResult = Result<T, ReadError>;

struct StationFilter {
    std::string search;  // part of id, name, vendor, model or serial number; any letter case
    std::optional<Admission> admission;
};

struct TokenFilter {
    std::string search;  // part of value, group or note
};

struct SessionFilter {
    std::optional<StationId> station;
    std::optional<EvseId> evse;
    std::optional<std::string> token;
    std::optional<SessionState> state;
    bool flagged = false;             // only those with flags
    std::optional<Instant> from, to;  // started in [from, to)
};

struct StationEventRow {
    std::int64_t id = 0;
    StationId station;
    Instant at;
    std::string kind, detail;
};

struct MeterValues {
    std::vector<MeterValueRow> rows;  // oldest first
    bool truncated = false;           // there are more
};

struct FleetSummary {
    std::int64_t stations = 0, pending = 0;
    std::int64_t charging = 0, faulted = 0;  // connectors
    std::int64_t running_sessions = 0, sessions_since = 0, flagged_sessions = 0;
    // Newest power known of each station's running sessions; whether it is there now, the store does not
    // know.
    std::vector<std::pair<StationId, double>> power_w;
    std::int64_t energy_since_wh = 0;  // of sessions that ended since, or are running
};

class LedgerReader {
public:
    virtual ~LedgerReader() = default;

    virtual ReadResult<Page<StationRow>> stations(const StationFilter& filter, const PageRequest& page) = 0;
    virtual ReadResult<std::optional<StationRow>> station(const StationId& id) = 0;
    virtual ReadResult<std::vector<ConnectorRow>> connectors(const StationId& station) = 0;
    virtual ReadResult<std::vector<SessionRow>> running_sessions(const StationId& station) = 0;
    virtual ReadResult<Page<StationEventRow>> station_events(const StationId& station,
                                                             const PageRequest& page) = 0;

    virtual ReadResult<Page<TokenRow>> tokens(const TokenFilter& filter, const PageRequest& page) = 0;
    virtual ReadResult<std::optional<TokenRow>> token(const std::string& value) = 0;

    // Newest first.
    virtual ReadResult<Page<SessionRow>> sessions(const SessionFilter& filter, const PageRequest& page) = 0;
    virtual ReadResult<std::optional<SessionRow>> session(const std::string& id) = 0;
    // At most `samples_max` samples, whole values only.
    virtual ReadResult<MeterValues> meter_values(const std::string& session, std::size_t samples_max) = 0;

    // `since`: from when sessions and energy are counted.
    virtual ReadResult<FleetSummary> summary(Instant since) = 0;
};

}  // namespace ladestrom::store
