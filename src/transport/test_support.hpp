// For tests of transport and of what uses it: throw-away certificates and a peer that sends raw bytes.
#pragma once

#include "transport/event_loop.hpp"
#include "transport/stream.hpp"
#include "transport/tls.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct x509_st;
struct evp_pkey_st;

namespace ladestrom::transport {

enum class KeyType { ecdsa, rsa, rsa_1024 };

struct CertificateOptions {
    std::string common_name = "localhost";
    std::vector<std::string> alternative_names{"DNS:localhost", "IP:127.0.0.1"};  // none: common name only
    KeyType key = KeyType::ecdsa;
    long valid_from_days = -1;
    long valid_to_days = 1;
};

// A root that issues certificates into files of its own directory, which it removes at its end.
class TestAuthority {
public:
    explicit TestAuthority(std::string common_name = "Test Root");
    ~TestAuthority();
    TestAuthority(const TestAuthority&) = delete;
    TestAuthority& operator=(const TestAuthority&) = delete;

    const std::string& root_file() const { return root_file_; }
    const std::string& directory() const { return directory_; }
    CertificateFiles issue(const CertificateOptions& options = {});

private:
    std::string directory_;
    std::string root_file_;
    evp_pkey_st* key_ = nullptr;
    x509_st* root_ = nullptr;
    int issued_ = 0;
};

// A plain TCP connection that sends what it is told and keeps what it gets.
class RawPeer {
public:
    // from: another address of this machine, such as 127.0.0.2.
    RawPeer(EventLoop& loop, std::uint16_t port, const std::string& from = {});
    ~RawPeer();

    void send(std::string_view bytes);
    void stop_reading();
    void close();
    const std::string& received() const { return state_->received; }
    bool ended() const { return state_->ended; }

private:
    struct State {
        explicit State(Socket connected) : socket(std::move(connected)) {}
        Socket socket;
        std::string received;
        std::array<char, 4096> buffer;
        bool ended = false;
        bool reading = true;
    };
    static void read(const std::shared_ptr<State>& state);

    std::shared_ptr<State> state_;
};

// An upgrade request as a station sends it; `extra` are whole header lines.
std::string upgrade_text(std::string_view target, std::string_view subprotocols, std::string_view extra = {});

// A masked client frame (mask 0, which is legal bytes-wise). opcode 1: text, 2: binary, 0: continuation.
std::string frame_text(int opcode, std::string_view payload, bool last = true);

}  // namespace ladestrom::transport
