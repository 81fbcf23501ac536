// The reference of every transport figure: level-triggered epoll, one thread, canned answers, nothing checked
// and nothing stored. What a product costs more than this is what it costs.
//   ladestrom-bench-epoll [certificate.pem key.pem]
// Prints its port, and "boot" for the first BootNotification.
#include "bench/wire.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <string>
#include <unordered_map>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

using namespace ladestrom::bench;

namespace {

struct Connection {
    Wire wire;
    bool secured = false, upgraded = false;
    std::string waiting;  // an incomplete request or frame
};

bool boot_told = false;

std::string_view answer_to(std::string_view action)
{
    if (action == "Heartbeat") return R"({"currentTime":"2026-11-01T12:00:00.000Z"})";
    if (action == "Authorize") return R"({"idTagInfo":{"status":"Accepted"}})";
    if (action == "StartTransaction") return R"({"idTagInfo":{"status":"Accepted"},"transactionId":1})";
    if (action != "BootNotification") return "{}";
    if (!std::exchange(boot_told, true)) std::puts("boot"), std::fflush(stdout);
    return R"({"currentTime":"2026-11-01T12:00:00.000Z","interval":300,"status":"Accepted"})";
}

// [2,"id","Action",{...}] -> [3,"id",{...}]
bool answer_call(Connection& connection, const Frame& call)
{
    std::string text(call.payload);
    for (std::size_t i = 0; i < text.size(); ++i) text[i] ^= call.mask[i & 3U];
    if (call.opcode == Opcode::close) return false;
    if (call.opcode != Opcode::text || text[1] != '2') return true;
    const std::size_t id = text.find('"'), id_end = text.find('"', id + 1);
    const std::size_t action = text.find('"', id_end + 1), action_end = text.find('"', action + 1);
    std::string reply = "[3,";
    reply.append(text, id, id_end + 1 - id).append(",");
    reply.append(answer_to(std::string_view(text).substr(action + 1, action_end - action - 1))).append("]");
    return connection.wire.write(frame(Opcode::text, reply, false)) == Wire::Result::done;
}

// How many of the bytes were used up; nothing: the connection is over.
std::optional<std::size_t> take(Connection& connection, std::string_view bytes)
{
    std::size_t used = 0;
    if (!connection.upgraded) {
        const std::size_t end = bytes.find("\r\n\r\n");
        if (end == std::string_view::npos) return 0;
        used = end + 4;
        connection.upgraded = true;
        if (connection.wire.write(upgrade_answer(bytes.substr(0, used))) != Wire::Result::done)
            return std::nullopt;
    }
    while (const auto call = first_frame(bytes.substr(used))) {
        if (!answer_call(connection, *call)) return std::nullopt;
        used += call->size;
    }
    return used;
}

bool serve(Connection& connection)
{
    if (!connection.secured) {
        const auto result = connection.wire.handshake();
        if (result != Wire::Result::done) return result == Wire::Result::again;
        connection.secured = true;
    }
    while (true) {
        std::string_view bytes;
        const auto result = connection.wire.read(bytes);
        if (result != Wire::Result::done) return result == Wire::Result::again;
        if (!connection.waiting.empty()) bytes = connection.waiting.append(bytes);
        const auto used = take(connection, bytes);
        if (!used) return false;
        connection.waiting = std::string(bytes.substr(*used));
        if (!connection.wire.secure()) return true;  // level-triggered; but TLS may hold decrypted bytes
    }
}

int listen_anywhere()
{
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in address{
        .sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener, generic, size) != 0 || ::listen(listener, 4096) != 0) fail("cannot listen");
    ::getsockname(listener, generic, &size);
    std::printf("%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    return listener;
}

}  // namespace

int main(int argc, char** argv)
{
    std::signal(SIGPIPE, SIG_IGN);
    raise_file_limit();
    const TlsContext tls = argc > 2 ? server_context(argv[1], argv[2]) : nullptr;
    const int listener = listen_anywhere();
    const int poll = ::epoll_create1(EPOLL_CLOEXEC);
    const auto watch = [&](int descriptor) {
        epoll_event event{.events = EPOLLIN, .data = {.fd = descriptor}};
        ::epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event);
    };
    watch(listener);
    std::unordered_map<int, Connection> connections;
    std::array<epoll_event, 256> events{};
    while (true) {
        const int count = ::epoll_wait(poll, events.data(), events.size(), -1);
        for (int i = 0; i < count; ++i) {
            const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
            if (descriptor == listener) {
                const int accepted = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
                if (accepted < 0) continue;
                const int yes = 1;
                ::setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
                Connection& connection = connections[accepted];
                connection.wire = Wire(accepted);
                if (tls) connection.wire.begin_tls(tls.get(), true);
                watch(accepted);
            } else if (const auto found = connections.find(descriptor);
                       found != connections.end() && !serve(found->second)) {
                connections.erase(found);
            }
        }
    }
}
