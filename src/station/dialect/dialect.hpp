// A version of OCPP seen from the engine: gives requests the form of the version, reads its answers, and
// turns the backend's calls into calls of the blocks. Holds no state of its own.
#pragma once

#include "messages/codec.hpp"
#include "station/calls/source.hpp"
#include "station/remote_control/unlock.hpp"
#include "station/station.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace ladestrom::station {

class Availability;
class Heartbeat;
class Inventory;
class Metering;
class Presentation;
class RegistrationBlock;
class Registry;
class Reports;
class Reset;
class Settings;
class StatusReporter;
class Transactions;

// What the backend's calls reach.
struct Blocks {
    const Config& config;
    Counters& counters;
    Registry& registry;
    Settings& settings;
    const Inventory& inventory;
    Reports& reports;
    RegistrationBlock& registration;
    Heartbeat& heartbeat;
    StatusReporter& statuses;
    Metering& metering;
    Presentation& presentation;
    Transactions& transactions;
    Availability& availability;
    Unlock& unlock;
    Reset& reset;
};

struct EncodedCall {
    std::string_view action;
    std::string payload;
};

struct Refusal {
    messages::ErrorCode code = messages::ErrorCode::internal_error;
    std::string description;
};
// The answer follows later.
struct Deferred {};
using Answer = std::variant<std::string, Refusal, messages::DecodeError, Deferred>;

class Dialect {
public:
    virtual ~Dialect() = default;
    virtual OcppVersion version() const = 0;
    // Transactions are numbered by the backend, in its answer to their start.
    virtual bool backend_numbers() const = 0;
    // None: this version has nothing to say of it.
    virtual std::optional<EncodedCall> encode(const Request& request) const = 0;
    virtual messages::Decoded<Reply> decode(const Request& request, messages::JsonValue payload) const = 0;
    virtual Answer handle(std::string_view action, messages::JsonValue payload, Gate gate) = 0;
    virtual std::string encode(UnlockOutcome outcome) const = 0;
};

}  // namespace ladestrom::station
