// The station's journal port: a durable ordered map from key to value, changed by atomic batches.
#pragma once

#include "base/result.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace ladestrom::store {

// Puts value under key; erases key when there is no value. Keys: at most 200 bytes of printable ASCII,
// "kind/name" with numbers zero-padded so that key order is time order. Values: at most 1 MiB.
struct Record {
    std::string key;
    std::optional<std::string> value;

    friend bool operator==(const Record&, const Record&) = default;
};

using Batch = std::vector<Record>;

class Journal {
public:
    virtual ~Journal() = default;

    // Everything that is durable, in key order. Damaged records are left out, kept aside under their key and
    // counted in damaged().
    virtual Result<Batch> load() = 0;
    virtual std::size_t damaged() const = 0;

    // All of batch or nothing becomes durable; then done is called, on the caller's thread of control, never
    // before commit returns. One commit at a time.
    virtual void commit(Batch batch, std::function<void(Result<void>)> done) = 0;
};

}  // namespace ladestrom::store
