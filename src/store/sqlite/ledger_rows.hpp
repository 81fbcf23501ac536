// Each row of the ledger as SQL: its columns, how it is read and how it is written.
#pragma once

#include "store/ledger.hpp"
#include "store/ledger_reader.hpp"
#include "store/sqlite/query.hpp"

#include <string>

namespace ladestrom::store::sqlite {

// Columns in the order in which the read_ function of the row takes them.
extern const std::string station_columns;
extern const std::string connector_columns;
extern const std::string token_columns;
extern const std::string session_columns;

StationRow read_station(Columns columns);
ConnectorRow read_connector(Columns columns);
TokenRow read_token(Columns columns);
SessionRow read_session(Columns columns);

// The store's failure, as the reader's.
ReadError read_failed(const DatabaseError& error);

// Carries out one write inside the caller's transaction.
DatabaseResult<void> apply(Connection& connection, const Write& write);

// Names the content of a meter value among those of its session and time; equal content, equal number, in
// every release.
std::int64_t content_of(const MeterValue& value);

}  // namespace ladestrom::store::sqlite
