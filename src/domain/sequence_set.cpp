#include "domain/sequence_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace ladestrom {

bool SequenceSet::contains(std::int64_t number) const
{
    return std::ranges::any_of(ranges_,
                               [&](const Range& r) { return r.first <= number && number <= r.last; });
}

bool SequenceSet::insert(std::int64_t number)
{
    // The first range that number could belong to or lie before.
    const auto next = std::ranges::find_if(
        ranges_, [&](const Range& r) { return r.last >= number || r.last + 1 == number; });
    if (next == ranges_.end() || number < next->first - 1) {
        ranges_.insert(next, Range{number, number});
        return true;
    }
    if (next->first <= number && number <= next->last) return false;
    if (number < next->first) {
        next->first = number;
        return true;
    }
    next->last = number;
    const auto after = next + 1;
    if (after != ranges_.end() && after->first == number + 1) {
        next->last = after->last;
        ranges_.erase(after);
    }
    return true;
}

std::string SequenceSet::to_text() const
{
    std::string text;
    for (const Range& range : ranges_) {
        if (!text.empty()) text += ',';
        text += std::to_string(range.first);
        if (range.last != range.first) text += fmt::format("-{}", range.last);
    }
    return text;
}

SequenceSet SequenceSet::from_text(std::string_view text)
{
    SequenceSet set;
    while (!text.empty()) {
        const std::string_view item = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), item.size() + 1));
        Range range{};
        const char* const end = item.data() + item.size();
        auto read = std::from_chars(item.data(), end, range.first);
        range.last = range.first;
        if (read.ec == std::errc{} && read.ptr != end && *read.ptr == '-') {
            read = std::from_chars(read.ptr + 1, end, range.last);
        }
        const bool in_order = set.ranges_.empty() || set.ranges_.back().last + 1 < range.first;
        if (read.ec != std::errc{} || read.ptr != end || range.last < range.first || !in_order) return {};
        set.ranges_.push_back(range);
    }
    return set;
}

}  // namespace ladestrom
