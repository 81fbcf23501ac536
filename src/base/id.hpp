// Ids have types, so that a connector number cannot be taken for a transaction number.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace ladestrom {

template <class Tag, class Rep>
class Id {
public:
    using rep = Rep;

    Id() = default;
    explicit Id(Rep value) : value_(std::move(value)) {}

    const Rep& value() const { return value_; }
    friend auto operator<=>(const Id&, const Id&) = default;
    friend bool operator==(const Id&, const Id&) = default;

private:
    Rep value_{};
};

// The EVSE number on a station, from 1; 0 is the station as a whole (2.x). In 1.6 a connector id.
using EvseId = Id<struct EvseTag, std::int32_t>;

// The station's name on the wire: last segment of its URL, percent-decoded. 1 to 255 bytes.
using StationId = Id<struct StationTag, std::string>;

}  // namespace ladestrom

template <class Tag, class Rep>
struct std::hash<ladestrom::Id<Tag, Rep>> {
    std::size_t operator()(const ladestrom::Id<Tag, Rep>& id) const { return std::hash<Rep>{}(id.value()); }
};
