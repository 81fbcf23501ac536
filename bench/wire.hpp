// What the reference server and the load generator share, as bare as it goes: a socket with or without TLS,
// and the frames of WebSocket that OCPP uses. Product code never uses this.
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ladestrom::bench {

struct SslDeleter {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
};
struct ContextDeleter {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Ssl = std::unique_ptr<SSL, SslDeleter>;
using TlsContext = std::unique_ptr<SSL_CTX, ContextDeleter>;

// Set up like the product's: TLS 1.3, no tickets, buffers released while idle. The client verifies nothing,
// that is not what is measured. Exits when a file cannot be used.
TlsContext server_context(const std::string& certificate, const std::string& key);
TlsContext client_context();

// A non-blocking descriptor, with TLS once begin_tls() was called.
class Wire {
public:
    enum class Result { done, again, failed };

    Wire() = default;
    explicit Wire(int descriptor) : descriptor_(descriptor) {}
    Wire(Wire&& other) noexcept;
    Wire& operator=(Wire&& other) noexcept;
    ~Wire() { close(); }

    int descriptor() const { return descriptor_; }
    bool secure() const { return ssl_ != nullptr; }
    void begin_tls(SSL_CTX* context, bool server);
    Result handshake();
    // What has arrived, in a buffer shared by all wires of the thread. Call until `again`: TLS may hold more.
    Result read(std::string_view& bytes);
    // All of it or nothing: what is sent here fits an empty socket buffer.
    Result write(std::string_view bytes);
    // The peer gets a reset, so that neither side keeps the port.
    void reset();
    void close();

private:
    Result result_of(int result);

    int descriptor_ = -1;
    Ssl ssl_;
};

enum class Opcode : std::uint8_t { text = 1, close = 8, ping = 9, pong = 10 };

// Masked with zero when from a client, so that the payload is the text itself.
std::string frame(Opcode opcode, std::string_view payload, bool masked);

struct Frame {
    Opcode opcode{};
    std::string_view payload;  // still masked
    const char* mask = nullptr;
    std::size_t size = 0;  // head included
};
// The frame that `bytes` begin with, if it is there as a whole.
std::optional<Frame> first_frame(std::string_view bytes);

// The server's answer to an upgrade request (RFC 6455, 4.2.2).
std::string upgrade_answer(std::string_view request);

void raise_file_limit();
[[noreturn]] void fail(const std::string& what);

}  // namespace ladestrom::bench
