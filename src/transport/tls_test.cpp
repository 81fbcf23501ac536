// TLS over loopback: who is trusted, who is refused, and what the refusal says.
#include "transport/tls.hpp"
#include "transport/test_support.hpp"
#include "transport/websocket_client.hpp"
#include "transport/websocket_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <fstream>
#include <memory>
#include <thread>

namespace ladestrom::transport {
namespace {

using testing::AllOf;
using testing::HasSubstr;

struct Echo final : WebSocketServer::Handler {
    Echo(EventLoop& event_loop, const TlsServerOptions& options, WebSocketLimits limits = {})
        : loop(event_loop),
          server(loop, *this, limits, [this](LogLevel, std::string line) { log += line + "\n"; })
    {
        auto const context = TlsContext::server(options);
        if (!context) throw std::runtime_error(context.error().message);
        port = server.listen({.tls = *context}).value();
    }
    void on_upgrade(UpgradeRequest request) override
    {
        server.accept(request.socket, "ocpp1.6");
        requests.push_back(std::move(request));
    }
    void on_frame(SocketId socket, std::string_view text) override { server.send(socket, std::string(text)); }
    void on_closed(SocketId, const Closed& end) override { closed.push_back(end); }

    EventLoop& loop;
    WebSocketServer server;
    std::uint16_t port = 0;
    std::vector<UpgradeRequest> requests;
    std::vector<Closed> closed;
    std::string log;
};

struct Station final : WebSocketClient::Handler {
    explicit Station(EventLoop& event_loop) : loop(event_loop), client(loop, *this, {}, {}) {}

    void on_connected(const std::string&) override { connected = true; }
    void on_frame(std::string_view text) override { frames.emplace_back(text); }
    void on_closed(const Closed& end) override { closed = end; }
    void on_failed(const ConnectFailed& failure) override { failed = failure; }

    bool connect(std::uint16_t port, const TlsClientOptions& options, const std::string& host = "localhost")
    {
        auto const context = TlsContext::client(options);
        if (!context) throw std::runtime_error(context.error().message);
        connected = false;
        failed.reset();
        client.connect({.url = "wss://" + host + ":" + std::to_string(port) + "/CP1",
                        .subprotocols = {"ocpp1.6"},
                        .tls = *context});
        EXPECT_TRUE(loop.run_until([&] { return connected || failed; }, seconds(20)));
        return connected;
    }

    EventLoop& loop;
    WebSocketClient client;
    bool connected = false;
    std::vector<std::string> frames;
    std::optional<ConnectFailed> failed;
    std::optional<Closed> closed;
};

// Making keys takes time; all tests share one authority.
TestAuthority& authority()
{
    static TestAuthority one;
    return one;
}

TEST(Tls, CarriesLargeFramesBothWaysAndCloses)
{
    EventLoop loop;
    Echo server(loop, {.certificates = {authority().issue()}});
    Station station(loop);
    ASSERT_TRUE(station.connect(server.port, {.ca_file = authority().root_file()})) << station.failed->reason;
    std::vector<std::string> sent;
    for (std::size_t size : {1u, 100u, 5'000u, 16'384u, 70'000u, 250'000u}) {
        sent.emplace_back(size, static_cast<char>('a' + size % 26));
        ASSERT_TRUE(station.client.send(sent.back()));
    }
    ASSERT_TRUE(loop.run_until([&] { return station.frames.size() == sent.size(); }, seconds(20)));
    EXPECT_EQ(station.frames, sent);
    ASSERT_TRUE(server.requests[0].tls);
    EXPECT_EQ(server.requests[0].tls->version, "TLSv1.3");
    EXPECT_EQ(server.requests[0].tls->peer_common_name, "");
    EXPECT_EQ(station.client.tls_info()->cipher, "TLS_AES_128_GCM_SHA256");
    station.client.close(1000, "done");
    ASSERT_TRUE(loop.run_until([&] { return station.closed && !server.closed.empty(); }, seconds(5)));
    EXPECT_EQ(server.closed[0].reason, CloseReason::peer_closed);
    EXPECT_TRUE(loop.run_until([&] { return server.server.connections() == 0; }, seconds(5)));
}

TEST(Tls, BackPressureKeepsTheBytesInOrder)
{
    EventLoop loop;
    Echo server(loop, {.certificates = {authority().issue()}},
                {.message_bytes = 4 * 1024 * 1024, .outbound_bytes = 64 * 1024 * 1024});
    Station station(loop);
    ASSERT_TRUE(station.connect(server.port, {.ca_file = authority().root_file()}));
    std::string big;
    while (big.size() < 900'000) big += std::to_string(big.size()) + ",";
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(station.client.send(big));
    ASSERT_TRUE(loop.run_until([&] { return station.frames.size() == 4; }, seconds(60)));
    for (const auto& frame : station.frames) EXPECT_TRUE(frame == big);
}

TEST(Tls, NameIsCheckedAgainstAlternativeNamesThenCommonName)
{
    EventLoop loop;
    TlsClientOptions const trust{.ca_file = authority().root_file()};
    struct Case {
        CertificateOptions certificate;
        const char* host;
        bool connects;
    };
    for (const Case& test : {
             Case{{.common_name = "localhost", .alternative_names = {}}, "localhost", true},
             Case{{.common_name = "localhost", .alternative_names = {"DNS:other"}}, "localhost", false},
             Case{{.common_name = "other", .alternative_names = {"DNS:localhost"}}, "localhost", true},
             Case{{.common_name = "other", .alternative_names = {}}, "localhost", false},
             Case{{.alternative_names = {"IP:127.0.0.1"}}, "127.0.0.1", true},
             Case{{.alternative_names = {"DNS:localhost"}}, "127.0.0.1", false},
         }) {
        SCOPED_TRACE(test.certificate.common_name + " for " + test.host);
        Echo server(loop, {.certificates = {authority().issue(test.certificate)}});
        Station station(loop);
        if (station.connect(server.port, trust, test.host) != test.connects) {
            ADD_FAILURE() << (station.failed ? station.failed->reason : "connected");
            continue;
        }
        if (test.connects) continue;
        EXPECT_EQ(station.failed->step, ConnectFailure::certificate);
        EXPECT_THAT(station.failed->reason, HasSubstr("mismatch"));
        EXPECT_TRUE(server.requests.empty());
    }
}

// The handshake alone, since names with wildcards are not resolvable here.
bool handshake_succeeds(EventLoop& loop, std::uint16_t port, const TlsClientOptions& options,
                        const char* host)
{
    auto const context = TlsContext::client(options).value();
    Socket socket(loop.context());
    socket.connect({boost::asio::ip::address_v4::loopback(), port});
    Stream stream(std::move(socket));
    EXPECT_FALSE(stream.begin_tls_client(*context, host));
    std::optional<Stream::ErrorCode> result;
    stream.async_handshake([&](Stream::ErrorCode error) { result = error; });
    EXPECT_TRUE(loop.run_until([&] { return result.has_value(); }, seconds(20)));
    EXPECT_THAT(stream.certificate_error(), *result ? HasSubstr("mismatch") : HasSubstr(""));
    return !*result;
}

TEST(Tls, WildcardsOnlyWhenAllowed)
{
    EventLoop loop;
    Echo server(loop, {.certificates = {authority().issue({.alternative_names = {"DNS:*.example.org"}})}});
    TlsClientOptions const strict{.ca_file = authority().root_file()};
    TlsClientOptions const lenient{.ca_file = authority().root_file(), .allow_wildcards = true};
    EXPECT_FALSE(handshake_succeeds(loop, server.port, strict, "csms.example.org"));
    EXPECT_TRUE(handshake_succeeds(loop, server.port, lenient, "csms.example.org"));
    EXPECT_FALSE(handshake_succeeds(loop, server.port, lenient, "example.org"));
    EXPECT_FALSE(handshake_succeeds(loop, server.port, lenient, "a.b.example.org"));
}

TEST(Tls, UntrustedExpiredAndEarlyCertificatesAreRefused)
{
    EventLoop loop;
    TestAuthority other("Other Root");
    struct Case {
        CertificateFiles files;
        const char* says;
    };
    for (const Case& test : {
             Case{other.issue(), "unable to get local issuer certificate"},
             Case{authority().issue({.valid_from_days = -10, .valid_to_days = -1}),
                  "certificate has expired"},
             Case{authority().issue({.valid_from_days = 1, .valid_to_days = 10}),
                  "certificate is not yet valid"},
         }) {
        Echo server(loop, {.certificates = {test.files}});
        Station station(loop);
        EXPECT_FALSE(station.connect(server.port, {.ca_file = authority().root_file()}));
        EXPECT_EQ(station.failed->step, ConnectFailure::certificate);
        EXPECT_THAT(station.failed->reason,
                    AllOf(HasSubstr("the certificate of localhost port"), HasSubstr(test.says)));
        EXPECT_TRUE(loop.run_until([&] { return server.server.handshakes() == 0; }, seconds(5)));
        EXPECT_EQ(server.server.counters().get("websocket.refused.tls"), 1u);
        EXPECT_THAT(server.log, HasSubstr("TLS handshake failed"));
    }
}

TEST(Tls, ClientCertificates)
{
    EventLoop loop;
    TestAuthority other("Other Root");
    TlsServerOptions options{.certificates = {authority().issue()},
                             .client_ca_file = authority().root_file()};
    TlsClientOptions trust{.ca_file = authority().root_file()};
    {
        Echo server(loop, options);
        Station station(loop);
        EXPECT_TRUE(station.connect(server.port, trust));
        trust.certificates = {authority().issue({.common_name = "SN-0815", .alternative_names = {}})};
        Station known(loop);
        ASSERT_TRUE(known.connect(server.port, trust));
        EXPECT_EQ(server.requests[1].tls->peer_common_name, "SN-0815");
        EXPECT_EQ(server.requests[1].tls->peer_organization, "Test Operator");
        EXPECT_NE(server.requests[1].tls->peer_serial_number, "");
    }
    options.require_client_certificate = true;
    Echo server(loop, options);
    Station known(loop);
    EXPECT_TRUE(known.connect(server.port, trust));
    for (auto files : {std::vector<CertificateFiles>{}, std::vector{other.issue()}}) {
        trust.certificates = files;
        Station unknown(loop);
        EXPECT_FALSE(unknown.connect(server.port, trust));
        EXPECT_EQ(unknown.failed->step, ConnectFailure::tls) << unknown.failed->reason;
    }
    EXPECT_EQ(server.requests.size(), 1u);
    EXPECT_EQ(server.server.counters().get("websocket.refused.tls"), 2u);
}

// What a client with these settings of its own gets; empty when the handshake fails.
std::string negotiate(EventLoop& loop, std::uint16_t port, int version_max, const char* ciphers)
{
    std::string cipher;
    bool done = false;
    std::thread other([&] {
        SSL_CTX* context = SSL_CTX_new(TLS_client_method());
        SSL_CTX_set_security_level(context, 0);
        SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
        SSL_CTX_set_max_proto_version(context, version_max);
        SSL_CTX_set_cipher_list(context, ciphers);
        BIO* bio = BIO_new_ssl_connect(context);
        std::string const where = "127.0.0.1:" + std::to_string(port);
        BIO_set_conn_hostname(bio, where.c_str());
        if (BIO_do_connect(bio) == 1 && BIO_do_handshake(bio) == 1) {
            SSL* ssl = nullptr;
            BIO_get_ssl(bio, &ssl);
            cipher = SSL_get_cipher_name(ssl);
        }
        BIO_free_all(bio);
        SSL_CTX_free(context);
        loop.post([&] { done = true; });
    });
    EXPECT_TRUE(loop.run_until([&] { return done; }, seconds(20)));
    other.join();
    return cipher;
}

TEST(Tls, VersionsAndCiphersThatOcppNames)
{
    EventLoop loop;
    Echo server(loop, {.certificates = {authority().issue(), authority().issue({.key = KeyType::rsa})}});
    constexpr const char* all = "ALL:@SECLEVEL=0";
    EXPECT_EQ(negotiate(loop, server.port, TLS1_VERSION, all), "");
    EXPECT_EQ(negotiate(loop, server.port, TLS1_1_VERSION, all), "");
    EXPECT_THAT(server.log, HasSubstr("unsupported protocol"));
    EXPECT_EQ(negotiate(loop, server.port, TLS1_3_VERSION, all), "TLS_AES_128_GCM_SHA256");
    for (const char* cipher : {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
                               "ECDHE-RSA-AES128-GCM-SHA256", "AES128-GCM-SHA256", "AES256-GCM-SHA384"}) {
        EXPECT_EQ(negotiate(loop, server.port, TLS1_2_VERSION, cipher), cipher);
    }
    // Forward secrecy wins over what the client would rather have.
    EXPECT_EQ(negotiate(loop, server.port, TLS1_2_VERSION, "AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256"),
              "ECDHE-RSA-AES128-GCM-SHA256");
    for (const char* cipher :
         {"ECDHE-RSA-AES128-SHA256", "AES128-SHA", "ECDHE-ECDSA-CHACHA20-POLY1305", "aNULL"}) {
        EXPECT_EQ(negotiate(loop, server.port, TLS1_2_VERSION, cipher), "") << cipher;
    }
}

TEST(Tls, StalledHandshakeIsCut)
{
    EventLoop loop;
    Echo server(loop, {.certificates = {authority().issue()}}, {.tls_handshake = Duration(200)});
    RawPeer silent(loop, server.port);
    RawPeer plain(loop, server.port);
    plain.send("GET / HTTP/1.1\r\n\r\n");
    ASSERT_TRUE(loop.run_until([&] { return silent.ended() && plain.ended(); }, seconds(5)));
    EXPECT_EQ(server.server.counters().get("websocket.timeout.tls_handshake"), 1u);
    EXPECT_EQ(server.server.counters().get("websocket.refused.tls"), 1u);
}

TEST(Tls, ErrorsNameTheFileAndTheFix)
{
    auto const message = [](const CertificateFiles& files) {
        auto const context = TlsContext::server({.certificates = {files}});
        return context ? std::string("no error") : context.error().message;
    };
    auto const good = authority().issue();
    auto const other = authority().issue();
    std::string const garbage = authority().directory() + "/garbage.pem";
    std::ofstream(garbage) << "no certificate\n";

    EXPECT_EQ(message({"/no/such/file.pem", good.key_file}),
              "certificate /no/such/file.pem: cannot be read (No such file or directory); name a PEM file "
              "that this "
              "user may read");
    EXPECT_THAT(message({garbage, good.key_file}), HasSubstr("certificate " + garbage + ": not usable"));
    EXPECT_THAT(message({good.chain_file, garbage}), HasSubstr("private key " + garbage + ": not usable"));
    EXPECT_THAT(message({good.chain_file, other.key_file}), HasSubstr("does not belong to the certificate"));
    auto const weak = authority().issue({.key = KeyType::rsa_1024});
    EXPECT_THAT(message(weak), AllOf(HasSubstr(weak.chain_file), HasSubstr("at least 2048")));
    EXPECT_EQ(TlsContext::server({}).error().message,
              "TLS: no certificate is configured; name a certificate and its private key");
    EXPECT_THAT(TlsContext::client({.ca_file = garbage}).error().message, HasSubstr("CA file " + garbage));
    EXPECT_THAT(TlsContext::client({.ca_file = "/no/such"}).error().message,
                HasSubstr("CA file /no/such: cannot"));
}

}  // namespace
}  // namespace ladestrom::transport
