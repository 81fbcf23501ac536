// What both the server and the commands open first: the state directory, the server's secret, the store.
#pragma once

#include "base/exit_code.hpp"
#include "configuration.hpp"
#include "crypto/keyed_hash.hpp"
#include "store/sqlite/ledger_sqlite.hpp"

#include <memory>
#include <string>

namespace ladestrom::app {

// Why a program cannot start, and what it tells whoever started it.
struct StartError : Error {
    ExitCode exit_code = ExitCode::failed;
};

template <class T>
using StartResult = Result<T, StartError>;

struct State {
    crypto::KeyedHash hash;
    std::shared_ptr<store::sqlite::LedgerThread> thread;
};

StartResult<State> open_state(const CsmsConfiguration& configuration);

}  // namespace ladestrom::app
