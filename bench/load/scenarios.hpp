// What the stations say, message after message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ladestrom::bench {

std::string boot_notification();
std::string heartbeat();
// Names of stations and of their tokens; the server must know the tokens.
std::string identity_of(std::size_t station);
std::string token_of(std::size_t station);

// The sessions of one station, one after the other: StatusNotification, Authorize, StartTransaction, six
// MeterValues of ten samples, StopTransaction.
class Sessions {
public:
    static constexpr int messages_each = 10;

    explicit Sessions(std::size_t station) : token_(token_of(station)) {}

    // The next message; the answer to the one before it has been given to answered().
    std::string next();
    // True: with this answer a session is over.
    bool answered(std::string_view frame);

private:
    std::string meter_values();

    std::string token_;
    std::string transaction_ = "0";
    std::int64_t meter_wh_ = 1000;
    int at_ = 0;
};

}  // namespace ladestrom::bench
