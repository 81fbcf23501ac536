// What the API asks of the running core. Answers come on the API's own loop, later.
#pragma once

#include "csms/csms.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ladestrom::api {

// The member `command` is the port's to set.
using Command = std::variant<csms::CallCommand, csms::PutStationCommand, csms::DeleteStationCommand,
                             csms::CloseSessionCommand, csms::PutTokenCommand, csms::DeleteTokenCommand>;

// By part of the server: "csms", "websocket", ...
using CountersByPart = std::map<std::string, std::map<std::string, std::uint64_t, std::less<>>>;

class CorePort {
public:
    virtual ~CorePort() = default;

    virtual void command(Command command, std::function<void(csms::CommandDone)> done) = 0;
    // In the order asked for; nullopt: not connected.
    virtual void connections(std::vector<StationId> stations,
                             std::function<void(std::vector<std::optional<csms::ConnectionView>>)> done) = 0;
    virtual void connected(std::function<void(std::size_t)> done) = 0;
    virtual void unknown_stations(std::function<void(std::vector<csms::UnknownStation>)> done) = 0;
    virtual void counters(std::function<void(CountersByPart)> done) = 0;
};

}  // namespace ladestrom::api
