// What both the server and the commands open first: the state directory, the server's secret, the store.
#pragma once

#include "base/start_error.hpp"
#include "configuration.hpp"
#include "crypto/keyed_hash.hpp"
#include "store/sqlite/ledger_sqlite.hpp"

#include <memory>
#include <string>

namespace ladestrom::app {

struct State {
    crypto::KeyedHash hash;
    std::shared_ptr<store::sqlite::LedgerThread> thread;
};

StartResult<State> open_state(const CsmsConfiguration& configuration);

}  // namespace ladestrom::app
