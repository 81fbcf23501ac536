// Which of the numbered messages of a transaction have come, whatever their order (2.x: seqNo).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ladestrom {

class SequenceSet {
public:
    // False when it is there already.
    bool insert(std::int64_t number);
    bool contains(std::int64_t number) const;
    bool empty() const { return ranges_.empty(); }
    // Nothing is missing between the least and the greatest.
    bool contiguous() const { return ranges_.size() <= 1; }

    // "0-5,7"; "" for none. What is no such text is the empty set.
    std::string to_text() const;
    static SequenceSet from_text(std::string_view text);

    bool operator==(const SequenceSet&) const = default;

private:
    struct Range {
        std::int64_t first;
        std::int64_t last;
        bool operator==(const Range&) const = default;
    };
    std::vector<Range> ranges_;  // in order, with a gap between each two
};

}  // namespace ladestrom
