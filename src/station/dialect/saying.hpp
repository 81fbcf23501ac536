// What the dialects share in saying and reading.
#pragma once

#include "station/calls/request.hpp"

#include <optional>
#include <string>

namespace ladestrom::station {

inline std::optional<std::string> unless_empty(const std::string& text)
{
    if (text.empty()) return std::nullopt;
    return text;
}

// Status: the version's RegistrationStatus.
template <class Status>
Registration registration_from(Status status)
{
    switch (status) {
        case Status::Accepted: return Registration::accepted;
        case Status::Pending: return Registration::pending;
        case Status::Rejected: break;
    }
    return Registration::rejected;
}

template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

}  // namespace ladestrom::station
