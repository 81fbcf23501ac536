// The control port of the simulated hardware: what a person, a car or bad luck does to a station, over HTTP.
// Answers are the state afterwards, or {"error": one sentence}: 400 names the field and what is expected,
// 404 path or EVSE, 405 method, 409 what the hardware refuses now.
#pragma once

#include "base/result.hpp"
#include "local/device.hpp"
#include "transport/event_loop.hpp"
#include "transport/http/http_server.hpp"
#include "transport/http/router.hpp"

#include <cstdint>
#include <memory>

namespace ladestrom::local {

class RequestBody;

class ControlPort {
public:
    ControlPort(transport::EventLoop& loop, Device& device, transport::LogFunction log);
    ~ControlPort();
    ControlPort(const ControlPort&) = delete;
    ControlPort& operator=(const ControlPort&) = delete;

    // Returns the port. Without TLS and without login: loopback, unless whoever runs it says otherwise.
    Result<std::uint16_t> listen(const transport::ListenOptions& options);
    void stop();

    const transport::Router& router() const { return router_; }

private:
    struct Call;
    using Act = void (ControlPort::*)(Call&);

    void add(std::string_view method, std::string_view pattern, Act act);
    void add_routes();

    void state(Call& call);
    void plug(Call& call);
    void unplug(Call& call);
    void set_car(Call& call);
    void swipe(Call& call);
    void set_fault(Call& call);
    void clear_fault(Call& call);
    void dead_letters(Call& call);
    void resend_dead_letter(Call& call);
    void link(Call& call);
    void clock(Call& call);
    void advance(Call& call);
    void energy_manager(Call& call);
    void disk(Call& call);
    void kill(Call& call);

    Device& device_;
    transport::Router router_;
    transport::HttpServer server_;
};

}  // namespace ladestrom::local
