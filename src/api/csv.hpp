// Sessions as CSV (RFC 4180) that a spreadsheet opens without harm.
#pragma once

#include "store/ledger.hpp"

#include <string>
#include <string_view>

namespace ladestrom::api {

// Quoted where needed. Text that a spreadsheet would take for a formula gets an apostrophe before it: idTags
// and names come from outside.
std::string csv_text(std::string_view text);

std::string session_csv_header();
std::string session_csv_line(const store::SessionRow& row);

}  // namespace ladestrom::api
