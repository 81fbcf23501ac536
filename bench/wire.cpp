#include "bench/wire.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace ladestrom::bench {
namespace {

TlsContext context(const SSL_METHOD* method)
{
    TlsContext made(SSL_CTX_new(method));
    SSL_CTX_set_min_proto_version(made.get(), TLS1_3_VERSION);
    SSL_CTX_set_ciphersuites(made.get(), "TLS_AES_128_GCM_SHA256");
    SSL_CTX_set1_groups_list(made.get(), "X25519");
    SSL_CTX_set_session_cache_mode(made.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(made.get(), 0);
    SSL_CTX_set_mode(made.get(), SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(made.get(), 1);
    return made;
}

}  // namespace

TlsContext server_context(const std::string& certificate, const std::string& key)
{
    TlsContext made = context(TLS_server_method());
    if (SSL_CTX_use_certificate_chain_file(made.get(), certificate.c_str()) != 1 ||
        SSL_CTX_use_PrivateKey_file(made.get(), key.c_str(), SSL_FILETYPE_PEM) != 1) {
        fail(certificate + " or " + key + ": not usable");
    }
    return made;
}

TlsContext client_context()
{
    return context(TLS_client_method());
}

Wire::Wire(Wire&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), ssl_(std::move(other.ssl_))
{
}

Wire& Wire::operator=(Wire&& other) noexcept
{
    close();
    descriptor_ = std::exchange(other.descriptor_, -1);
    ssl_ = std::move(other.ssl_);
    return *this;
}

void Wire::begin_tls(SSL_CTX* tls, bool server)
{
    ssl_.reset(SSL_new(tls));
    SSL_set_fd(ssl_.get(), descriptor_);
    server ? SSL_set_accept_state(ssl_.get()) : SSL_set_connect_state(ssl_.get());
}

Wire::Result Wire::result_of(int result)
{
    if (result > 0) return Result::done;
    if (!ssl_) return result < 0 && errno == EAGAIN ? Result::again : Result::failed;
    const int error = SSL_get_error(ssl_.get(), result);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? Result::again : Result::failed;
}

Wire::Result Wire::handshake()
{
    return ssl_ ? result_of(SSL_do_handshake(ssl_.get())) : Result::done;
}

Wire::Result Wire::read(std::string_view& bytes)
{
    static thread_local std::array<char, 16 * 1024> buffer;
    const int got = ssl_ ? SSL_read(ssl_.get(), buffer.data(), buffer.size())
                         : static_cast<int>(::recv(descriptor_, buffer.data(), buffer.size(), 0));
    if (got > 0) bytes = {buffer.data(), static_cast<std::size_t>(got)};
    return result_of(got);
}

Wire::Result Wire::write(std::string_view bytes)
{
    const int sent = ssl_ ? SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
                          : static_cast<int>(::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
    return sent == static_cast<int>(bytes.size()) ? Result::done : Result::failed;
}

void Wire::reset()
{
    const linger now{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
}

void Wire::close()
{
    ssl_.reset();
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
}

std::string frame(Opcode opcode, std::string_view payload, bool masked)
{
    std::string out;
    out.reserve(payload.size() + 14);
    out += static_cast<char>(0x80U | static_cast<unsigned>(opcode));
    const unsigned mask_bit = masked ? 0x80U : 0;
    if (payload.size() < 126) {
        out += static_cast<char>(mask_bit | payload.size());
    } else {
        out += static_cast<char>(mask_bit | 126U);
        out += static_cast<char>(payload.size() >> 8);
        out += static_cast<char>(payload.size());
    }
    if (masked) out.append(4, '\0');
    out += payload;
    return out;
}

std::optional<Frame> first_frame(std::string_view bytes)
{
    if (bytes.size() < 2) return std::nullopt;
    const auto byte = [&](std::size_t at) {
        return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at]));
    };
    const bool masked = (byte(1) & 0x80U) != 0;
    std::size_t length = byte(1) & 0x7FU;
    std::size_t head = 2;
    if (length == 127) fail("a frame longer than 64 KiB");
    if (length == 126) {
        if (bytes.size() < 4) return std::nullopt;
        length = byte(2) << 8 | byte(3);
        head = 4;
    }
    const char* mask = masked ? bytes.data() + head : nullptr;
    if (masked) head += 4;
    if (bytes.size() < head + length) return std::nullopt;
    return Frame{static_cast<Opcode>(byte(0) & 0x0FU), bytes.substr(head, length), mask, head + length};
}

std::string upgrade_answer(std::string_view request)
{
    constexpr std::string_view name = "Sec-WebSocket-Key: ";
    const std::size_t at = request.find(name);
    if (at == std::string_view::npos) fail("an upgrade request without a key");
    const std::size_t begin = at + name.size();
    const std::string key(request.substr(begin, request.find('\r', begin) - begin));
    const std::string text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    std::array<unsigned char, 32> accept{};
    EVP_EncodeBlock(accept.data(), digest.data(), digest.size());
    return std::string(
               "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Protocol: ocpp1.6\r\nSec-WebSocket-Accept: ") +
           reinterpret_cast<const char*>(accept.data()) + "\r\n\r\n";
}

void raise_file_limit()
{
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

void fail(const std::string& what)
{
    std::fprintf(stderr, "bench: %s\n", what.c_str());
    std::exit(1);
}

}  // namespace ladestrom::bench
