// One function per operation of the description; the table in routes.cpp says which answers what.
#pragma once

#include "api/services.hpp"

#include <optional>

namespace ladestrom::api {

using Handler = void (*)(const ExchangePointer&);

void login(const ExchangePointer& exchange);
void logout(const ExchangePointer& exchange);
void get_me(const ExchangePointer& exchange);
void set_my_password(const ExchangePointer& exchange);
// GET /login?code=...: the printed link.
void follow_login_link(const ExchangePointer& exchange);

void list_stations(const ExchangePointer& exchange);
void get_station(const ExchangePointer& exchange);
void put_station(const ExchangePointer& exchange);
void delete_station(const ExchangePointer& exchange);
void list_unknown_stations(const ExchangePointer& exchange);
void call_station(const ExchangePointer& exchange);
void start_charging(const ExchangePointer& exchange);
void list_messages(const ExchangePointer& exchange);
void list_station_events(const ExchangePointer& exchange);

void list_tokens(const ExchangePointer& exchange);
void get_token(const ExchangePointer& exchange);
void put_token(const ExchangePointer& exchange);
void delete_token(const ExchangePointer& exchange);

void list_sessions(const ExchangePointer& exchange);
void export_sessions(const ExchangePointer& exchange);
void get_session(const ExchangePointer& exchange);
void close_session(const ExchangePointer& exchange);
void stop_session(const ExchangePointer& exchange);
void get_meter_series(const ExchangePointer& exchange);

void stream_events(const ExchangePointer& exchange);
void get_summary(const ExchangePointer& exchange);
void get_counters(const ExchangePointer& exchange);
void get_health(const ExchangePointer& exchange);
void get_version(const ExchangePointer& exchange);
void get_openapi(const ExchangePointer& exchange);

void list_users(const ExchangePointer& exchange);
void put_user(const ExchangePointer& exchange);
void delete_user(const ExchangePointer& exchange);
void list_api_keys(const ExchangePointer& exchange);
void create_api_key(const ExchangePointer& exchange);
void delete_api_key(const ExchangePointer& exchange);
void list_audit(const ExchangePointer& exchange);

// ---- what handlers share --------------------------------------------------------------------------------

// limit and cursor.
store::PageRequest page_of(Query& query, std::int64_t limit_max = 500);
// Why a command was not carried out; nullopt when it was.
std::optional<Problem> problem_of(const csms::CommandDone& done);
std::string render_version(const Options& options);

// The station that the path names.
StationId station_of(const Exchange& exchange);
// The session that the path names if it runs; otherwise nullopt, and answered.
std::optional<store::SessionRow> running_session(const ExchangePointer& exchange);

}  // namespace ladestrom::api
