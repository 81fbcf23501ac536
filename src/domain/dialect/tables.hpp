// What the dialects of the domain share: tables of word pairs, and words that carry the same name on both
// sides.
#pragma once

#include "domain/metering.hpp"
#include "messages/enum.hpp"

#include <array>
#include <cstddef>
#include <optional>

namespace ladestrom::dialect {

template <class Domain, class Wire>
struct Pair {
    Domain domain;
    Wire wire;
};

template <class Domain, class Wire, std::size_t n>
constexpr Wire down(const std::array<Pair<Domain, Wire>, n>& table, Domain value, Wire otherwise)
{
    for (const auto& row : table) {
        if (row.domain == value) return row.wire;
    }
    return otherwise;
}

// The first row of a wire value says what it becomes.
template <class Domain, class Wire, std::size_t n>
constexpr Domain up(const std::array<Pair<Domain, Wire>, n>& table, Wire value, Domain otherwise)
{
    for (const auto& row : table) {
        if (row.wire == value) return row.domain;
    }
    return otherwise;
}

template <class Wire, class Domain>
std::optional<Wire> by_name(Domain value)
{
    return messages::parse_enum<Wire>(to_string(value));
}

// last: the last enumerator of the domain.
template <class Domain, class Wire>
std::optional<Domain> by_name(Wire value, Domain last)
{
    for (int i = 0; i <= static_cast<int>(last); ++i) {
        if (to_string(static_cast<Domain>(i)) == messages::to_string(value)) return static_cast<Domain>(i);
    }
    return std::nullopt;
}

// Where and when a sample was taken. Sampled: the version's SampledValue.
template <class Sampled>
void read_labels(const Sampled& in, MeterSample& out)
{
    if (in.phase) out.phase = by_name(*in.phase, MeterPhase::l3_l1).value_or(MeterPhase::none);
    if (in.location)
        out.location = by_name(*in.location, MeterLocation::upstream).value_or(MeterLocation::outlet);
    if (in.context) out.context = by_name(*in.context, MeterContext::other).value_or(MeterContext::other);
}

}  // namespace ladestrom::dialect
