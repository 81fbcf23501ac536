// What a store may hold, whatever has happened: every batch reported as durable, nothing of any other batch
// but one that was in flight or failed after the last success, and that one whole.
#pragma once

#include "store/journal.hpp"

#include <map>
#include <string>
#include <vector>

namespace ladestrom::store::sqlite::testing {

using Content = std::map<std::string, std::string>;

Content content_of(const Batch& records);
Content with(Content content, const Batch& batch);

class Promise {
public:
    // Batches that were ordered as one group, and those of them that were reported as durable.
    void reported(const std::vector<Batch>& group, const std::vector<bool>& durable);

    // What this process must see: exactly what was reported. Empty: it does; otherwise what is wrong.
    std::string check_seen(const Content& found) const;
    // What a process must see after a power cut or a restart; the promise goes on from there.
    std::string check_after_restart(const Content& found);

    const Content& content() const { return durable_; }

private:
    Content durable_;
    std::vector<Content> possible_;  // besides durable_
};

}  // namespace ladestrom::store::sqlite::testing
