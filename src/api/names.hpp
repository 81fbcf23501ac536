// How the API spells enums: OCPP's names where OCPP has one.
#pragma once

#include "base/version.hpp"
#include "domain/session.hpp"
#include "domain/token.hpp"
#include "store/accounts.hpp"
#include "store/ledger.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace ladestrom::api {

// In the order of the enumerators.
template <class E>
struct Names;

template <>
struct Names<store::Admission> {
    static constexpr std::array<std::string_view, 3> all{"pending", "accepted", "rejected"};
};
template <>
struct Names<store::SessionState> {
    static constexpr std::array<std::string_view, 2> all{"running", "ended"};
};
template <>
struct Names<store::Scope> {
    static constexpr std::array<std::string_view, 3> all{"read", "operate", "admin"};
};
template <>
struct Names<OcppVersion> {
    static constexpr std::array<std::string_view, 3> all{"1.6", "2.0.1", "2.1"};
};
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
struct Names<AuthorizationStatus> {
    static constexpr std::array<std::string_view, 10> all{
        "Accepted",           "Blocked",           "ConcurrentTx",  "Expired", "Invalid", "NoCredit",
        "NotAllowedTypeEVSE", "NotAtThisLocation", "NotAtThisTime", "Unknown"};
};
template <>
struct Names<IdTokenType> {
    static constexpr std::array<std::string_view, 9> all{"ISO14443", "ISO15693",        "Central",
                                                         "Local",    "eMAID",           "MacAddress",
                                                         "KeyCode",  "NoAuthorization", "None"};
};
template <>
struct Names<StopReason> {
    static constexpr std::array<std::string_view, 22> all{"DeAuthorized",
                                                          "EmergencyStop",
                                                          "EnergyLimitReached",
                                                          "EVDisconnected",
                                                          "GroundFault",
                                                          "HardReset",
                                                          "ImmediateReset",
                                                          "Local",
                                                          "LocalOutOfCredit",
                                                          "MasterPass",
                                                          "Other",
                                                          "OvercurrentFault",
                                                          "PowerLoss",
                                                          "PowerQuality",
                                                          "Reboot",
                                                          "Remote",
                                                          "SOCLimitReached",
                                                          "SoftReset",
                                                          "StoppedByEV",
                                                          "TimeLimitReached",
                                                          "Timeout",
                                                          "UnlockCommand"};
};

// No enumerator without a name: the last one has the last name.
template <class E>
constexpr bool complete(E last)
{
    return static_cast<std::size_t>(last) + 1 == Names<E>::all.size();
}
static_assert(complete(store::Admission::rejected) && complete(store::SessionState::ended));
static_assert(complete(store::Scope::admin) && complete(OcppVersion::v2_1));
static_assert(complete(ConnectorStatus::faulted) && complete(ConnectorError::weak_signal));
static_assert(complete(AuthorizationStatus::unknown) && complete(IdTokenType::none));
static_assert(complete(StopReason::unlock_command));

template <class E>
constexpr std::string_view name_of(E value)
{
    return Names<E>::all.at(static_cast<std::size_t>(value));
}

template <class E>
constexpr std::optional<E> from_name(std::string_view text)
{
    for (std::size_t i = 0; i < Names<E>::all.size(); ++i) {
        if (Names<E>::all[i] == text) return static_cast<E>(i);
    }
    return std::nullopt;
}

}  // namespace ladestrom::api
