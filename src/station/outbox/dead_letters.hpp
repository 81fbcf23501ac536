// Facts that the backend refused to the last: kept, shown to people, and sent again only by one of them.
#pragma once

#include "station/core/context.hpp"
#include "station/outbox/fact.hpp"

#include <map>
#include <string_view>
#include <vector>

namespace ladestrom::station {

class DeadLetters {
public:
    explicit DeadLetters(Context& context) : context_(context) {}

    void recover(std::string_view key, std::string_view value);
    void bury(DeadLetter letter);
    // Out of the dead letters; none when there is no such.
    std::optional<DeadLetter> take(Serial serial);

    std::size_t size() const { return letters_.size(); }
    std::vector<DeadLetterView> view() const;

private:
    Context& context_;
    std::map<Serial, DeadLetter> letters_;
};

}  // namespace ladestrom::station
