// Many stations' sockets on one thread: they connect, upgrade, send a text and tell of the answer. What is
// sent is up to the owner.
#pragma once

#include "bench/wire.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <netinet/in.h>

namespace ladestrom::bench {

struct Target {
    std::uint16_t port = 0;  // on 127.0.0.1
    bool tls = false;
    std::size_t opening_max = 128;  // connections that are not upgraded yet
};

class Swarm {
public:
    class Owner {
    public:
        virtual ~Owner() = default;
        virtual void opened(std::size_t station) = 0;
        // An answer of the server. What the server asks on its own is answered by the swarm.
        virtual void answered(std::size_t station, std::string_view frame) = 0;
    };

    Swarm(Target target, Owner& owner);
    ~Swarm();
    Swarm(const Swarm&) = delete;
    Swarm& operator=(const Swarm&) = delete;

    // Queued while opening_max others are on their way.
    void connect(std::size_t station, std::string identity);
    void send(std::size_t station, std::string_view text);
    void reset(std::size_t station);
    // Until `done` holds, asked after each round of events. Exits when nothing happens for half a minute.
    void run(const std::function<bool()>& done);

private:
    enum class Phase { closed, connecting, securing, upgrading, open };
    struct Station {
        Wire wire;
        Phase phase = Phase::closed;
        std::string identity;
        std::string waiting;  // an incomplete answer or frame
    };

    void open_next();
    void begin(std::size_t index);
    void ready(std::size_t index);
    bool advance(std::size_t index);
    bool secure(Station& station);
    bool upgrade(Station& station);
    bool read(std::size_t index);
    std::size_t take(std::size_t index, std::string_view bytes);
    void take_frame(std::size_t index, const Frame& frame);

    Target target_;
    Owner& owner_;
    TlsContext tls_;
    int poll_;
    std::vector<Station> stations_;
    std::deque<std::size_t> to_open_;
    std::size_t opening_ = 0;
    std::uint32_t source_ = 0;
};

}  // namespace ladestrom::bench
