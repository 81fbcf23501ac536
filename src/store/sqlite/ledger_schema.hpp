// The tables of the central system, as numbered steps from an empty file to the newest form.
#pragma once

#include <span>
#include <string_view>

namespace ladestrom::store::sqlite {

// Steps are never changed once released; a new form is a further step.
std::span<const std::string_view> ledger_migrations();

}  // namespace ladestrom::store::sqlite
