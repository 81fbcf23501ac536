// How the station's own pages and control port spell enums: OCPP's names where OCPP has one.
#pragma once

#include "domain/session.hpp"
#include "domain/token.hpp"
#include "hardware/port.hpp"
#include "station/station.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ladestrom::local {

// In the order of the enumerators.
template <class E>
struct Names;

template <>
struct Names<ConnectorStatus> {
    static constexpr std::array<std::string_view, 9> all{"Available",     "Preparing",   "Charging",
                                                         "SuspendedEVSE", "SuspendedEV", "Finishing",
                                                         "Reserved",      "Unavailable", "Faulted"};
};
template <>
struct Names<ConnectorError> {
    static constexpr std::array<std::string_view, 16> all{
        "NoError",           "ConnectorLockFailure", "EVCommunicationError",
        "GroundFailure",     "HighTemperature",      "InternalError",
        "LocalListConflict", "OtherError",           "OverCurrentFailure",
        "OverVoltage",       "PowerMeterFailure",    "PowerSwitchFailure",
        "ReaderFailure",     "ResetFailure",         "UnderVoltage",
        "WeakSignal"};
};
template <>
struct Names<ChargingState> {
    static constexpr std::array<std::string_view, 5> all{"Idle", "EVConnected", "Charging", "SuspendedEV",
                                                         "SuspendedEVSE"};
};
template <>
struct Names<IdTokenType> {
    static constexpr std::array<std::string_view, 9> all{"ISO14443", "ISO15693",        "Central",
                                                         "Local",    "eMAID",           "MacAddress",
                                                         "KeyCode",  "NoAuthorization", "None"};
};
template <>
struct Names<hardware::PilotState> {
    static constexpr std::array<std::string_view, 6> all{"A", "B", "C", "D", "E", "F"};
};
template <>
struct Names<hardware::Indication> {
    static constexpr std::array<std::string_view, 14> all{"booting",
                                                          "available",
                                                          "waiting_for_authorization",
                                                          "authorization_accepted",
                                                          "authorization_refused",
                                                          "preparing",
                                                          "charging",
                                                          "paused_by_ev",
                                                          "paused_by_evse",
                                                          "finished_unplug",
                                                          "reserved",
                                                          "unavailable",
                                                          "updating",
                                                          "fault"};
};
template <>
struct Names<station::ConnectionState> {
    static constexpr std::array<std::string_view, 4> all{"disconnected", "connecting", "connected",
                                                         "accepted"};
};

template <class E>
constexpr std::string_view name_of(E value)
{
    auto index = static_cast<std::size_t>(value);
    return index < Names<E>::all.size() ? Names<E>::all[index] : std::string_view("?");
}

template <class E>
constexpr std::optional<E> value_named(std::string_view name)
{
    for (std::size_t i = 0; i < Names<E>::all.size(); ++i) {
        if (Names<E>::all[i] == name) return static_cast<E>(i);
    }
    return std::nullopt;
}

// "one of A, B, C": for people who wrote something else.
template <class E>
std::string choices_of()
{
    std::string text = "one of ";
    for (std::string_view name : Names<E>::all) {
        if (text.size() > 7) text += ", ";
        text += name;
    }
    return text;
}

}  // namespace ladestrom::local
