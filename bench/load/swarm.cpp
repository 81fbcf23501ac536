#include "bench/load/swarm.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace ladestrom::bench {
namespace {

constexpr int patience_ms = 30'000;
// One address has 28,000 ports; connections go out from 127.0.0.2 to 127.0.0.17.
constexpr std::uint32_t sources = 16;

void set(int descriptor, int level, int option)
{
    const int yes = 1;
    ::setsockopt(descriptor, level, option, &yes, sizeof yes);
}

sockaddr_in loopback(std::uint32_t host, std::uint16_t port)
{
    return {.sin_family = AF_INET,
            .sin_port = htons(port),
            .sin_addr = {htonl(0x7F000000U + host)},
            .sin_zero = {}};
}

}  // namespace

Swarm::Swarm(Target target, Owner& owner)
    : target_(target),
      owner_(owner),
      tls_(target.tls ? client_context() : nullptr),
      poll_(::epoll_create1(EPOLL_CLOEXEC))
{
}

Swarm::~Swarm()
{
    for (std::size_t i = 0; i < stations_.size(); ++i) reset(i);
    ::close(poll_);
}

void Swarm::connect(std::size_t station, std::string identity)
{
    if (station >= stations_.size()) stations_.resize(station + 1);
    stations_[station].identity = std::move(identity);
    to_open_.push_back(station);
}

void Swarm::open_next()
{
    while (!to_open_.empty() && opening_ < target_.opening_max) {
        const std::size_t index = to_open_.front();
        to_open_.pop_front();
        ++opening_;
        begin(index);
    }
}

void Swarm::begin(std::size_t index)
{
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) fail(std::string("no more sockets: ") + std::strerror(errno));
    set(descriptor, IPPROTO_TCP, TCP_NODELAY);
    set(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
    const sockaddr_in from = loopback(2 + source_++ % sources, 0), to = loopback(1, target_.port);
    if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0) fail("bind failed");
    if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 &&
        errno != EINPROGRESS) {
        fail(std::string("connect: ") + std::strerror(errno));
    }
    Station& station = stations_[index];
    station.wire = Wire(descriptor);
    station.phase = Phase::connecting;
    station.waiting.clear();
    epoll_event event{.events = EPOLLOUT, .data = {.u64 = index}};
    ::epoll_ctl(poll_, EPOLL_CTL_ADD, descriptor, &event);
}

void Swarm::send(std::size_t station, std::string_view text)
{
    if (stations_[station].wire.write(frame(Opcode::text, text, true)) != Wire::Result::done) {
        fail("the server does not read what is sent to it");
    }
}

void Swarm::reset(std::size_t station)
{
    Station& one = stations_[station];
    if (one.phase == Phase::closed) return;
    if (one.phase != Phase::open) --opening_;
    one.phase = Phase::closed;
    one.wire.reset();
}

void Swarm::run(const std::function<bool()>& done)
{
    std::array<epoll_event, 256> events{};
    while (!done()) {
        open_next();
        const int count = ::epoll_wait(poll_, events.data(), events.size(), patience_ms);
        if (count == 0) fail("nothing happens");
        for (int i = 0; i < count; ++i) ready(events[static_cast<std::size_t>(i)].data.u64);
    }
}

void Swarm::ready(std::size_t index)
{
    if (!advance(index)) fail("station " + stations_[index].identity + ": the server closed its connection");
}

bool Swarm::advance(std::size_t index)
{
    Station& station = stations_[index];
    if (station.phase == Phase::connecting) {
        if (tls_) station.wire.begin_tls(tls_.get(), false);
        station.phase = Phase::securing;
        epoll_event event{.events = EPOLLIN, .data = {.u64 = index}};
        ::epoll_ctl(poll_, EPOLL_CTL_MOD, station.wire.descriptor(), &event);
    }
    if (station.phase == Phase::securing && !secure(station)) return false;
    return station.phase == Phase::closed || station.phase == Phase::securing || read(index);
}

bool Swarm::secure(Station& station)
{
    const auto result = station.wire.handshake();
    if (result != Wire::Result::done) return result == Wire::Result::again;
    station.phase = Phase::upgrading;
    return upgrade(station);
}

bool Swarm::upgrade(Station& station)
{
    const std::string request =
        "GET /" + station.identity +
        " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Protocol: ocpp1.6\r\n\r\n";
    return station.wire.write(request) == Wire::Result::done;
}

bool Swarm::read(std::size_t index)
{
    while (true) {
        Station& station = stations_[index];
        std::string_view bytes;
        const auto result = station.wire.read(bytes);
        if (result != Wire::Result::done) return result == Wire::Result::again;
        // A copy: the buffer is shared, and the owner may close this connection or open others.
        const std::string all = station.waiting + std::string(bytes);
        const std::size_t used = take(index, all);
        if (stations_[index].phase == Phase::closed) return true;
        stations_[index].waiting = all.substr(used);
        if (!stations_[index].wire.secure()) return true;
    }
}

std::size_t Swarm::take(std::size_t index, std::string_view bytes)
{
    std::size_t used = 0;
    if (stations_[index].phase == Phase::upgrading) {
        const std::size_t end = bytes.find("\r\n\r\n");
        if (end == std::string_view::npos) return 0;
        if (!bytes.starts_with("HTTP/1.1 101")) fail("refused: " + std::string(bytes.substr(0, end)));
        used = end + 4;
        stations_[index].phase = Phase::open;
        --opening_;
        owner_.opened(index);
    }
    while (stations_[index].phase == Phase::open) {
        const auto frame = first_frame(bytes.substr(used));
        if (!frame) break;
        used += frame->size;
        take_frame(index, *frame);
    }
    return used;
}

void Swarm::take_frame(std::size_t index, const Frame& got)
{
    Wire& wire = stations_[index].wire;
    if (got.opcode == Opcode::ping) {
        wire.write(frame(Opcode::pong, got.payload, true));
    } else if (got.opcode == Opcode::close) {
        fail("station " + stations_[index].identity +
             ": the server closes: " + std::string(got.payload.substr(2)));
    } else if (got.payload.starts_with("[3,")) {
        owner_.answered(index, got.payload);
    } else if (got.payload.starts_with("[4,")) {
        fail("station " + stations_[index].identity + " is answered " + std::string(got.payload));
    } else if (got.payload.starts_with("[2,")) {
        const std::size_t id = got.payload.find('"'), end = got.payload.find('"', id + 1);
        const std::string quoted(got.payload.substr(id, end + 1 - id));
        send(index, "[4," + quoted + R"(,"NotSupported","",{}])");
    }
}

}  // namespace ladestrom::bench
