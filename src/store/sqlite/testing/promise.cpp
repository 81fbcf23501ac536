#include "store/sqlite/testing/promise.hpp"

#include <algorithm>

namespace ladestrom::store::sqlite::testing {
namespace {

std::string difference(const Content& expected, const Content& found)
{
    std::string text;
    const auto add = [&](const std::string& key, const char* what) { text += " " + key + " " + what + ";"; };
    for (const auto& [key, value] : expected) {
        const auto other = found.find(key);
        if (other == found.end()) {
            add(key, "is missing");
        } else if (other->second != value) {
            add(key, "has another value");
        }
    }
    for (const auto& [key, value] : found) {
        if (!expected.contains(key)) add(key, "should not be there");
    }
    return text;
}

}  // namespace

Content content_of(const Batch& records)
{
    return with({}, records);
}

Content with(Content content, const Batch& batch)
{
    for (const Record& record : batch) {
        if (record.value) {
            content[record.key] = *record.value;
        } else {
            content.erase(record.key);
        }
    }
    return content;
}

void Promise::reported(const std::vector<Batch>& group, const std::vector<bool>& durable)
{
    Content before = durable_;
    bool any = false;
    for (std::size_t i = 0; i < group.size(); ++i) {
        if (!durable[i]) continue;
        durable_ = with(std::move(durable_), group[i]);
        any = true;
    }
    // A later success ends all doubt: it was written over what failed before.
    if (any) {
        possible_.clear();
        return;
    }
    for (std::size_t some = 1; some < std::size_t{1} << group.size(); ++some) {
        Content content = before;
        for (std::size_t i = 0; i < group.size(); ++i) {
            if ((some >> i & 1) != 0) content = with(std::move(content), group[i]);
        }
        possible_.push_back(std::move(content));
    }
}

std::string Promise::check_seen(const Content& found) const
{
    return found == durable_ ? "" : "against what was reported:" + difference(durable_, found);
}

std::string Promise::check_after_restart(const Content& found)
{
    std::string wrong;
    if (found != durable_ && std::find(possible_.begin(), possible_.end(), found) == possible_.end()) {
        wrong = "after a restart, against what was reported as durable:" + difference(durable_, found);
    }
    durable_ = found;
    possible_.clear();
    return wrong;
}

}  // namespace ladestrom::store::sqlite::testing
