// TLS contexts of OpenSSL: what both ends of OCPP require, and errors that name the file and the fix.
#pragma once

#include "base/result.hpp"

#include <memory>
#include <string>
#include <vector>

struct ssl_ctx_st;

namespace ladestrom::transport {

// PEM files. The chain begins with the own certificate, followed by intermediates.
struct CertificateFiles {
    std::string chain_file;
    std::string key_file;
};

// What a finished handshake tells about the connection and the peer.
struct TlsInfo {
    std::string version;
    std::string cipher;
    // Of a verified client certificate; empty without one.
    std::string peer_common_name;
    std::string peer_organization;
    std::string peer_serial_number;  // hexadecimal
};

struct TlsServerOptions {
    // One pair per key type: stations differ in whether they speak ECDSA or RSA.
    std::vector<CertificateFiles> certificates;
    // Set: clients are asked for a certificate, and one that does not verify against this file is refused.
    std::string client_ca_file;
    bool require_client_certificate = false;
};

struct TlsClientOptions {
    // Roots to trust; empty: those of the operating system.
    std::string ca_file;
    std::vector<CertificateFiles> certificates;
    // OCPP refuses wildcard names unless AllowCSMSTLSWildcards.
    bool allow_wildcards = false;
};

// TLS 1.2 and 1.3; forward secrecy preferred, AES-GCM only; no compression, no renegotiation; keys of at
// least 112 bits of strength (RSA 2048, EC 224); no session cache, no tickets: both cost memory per station.
class TlsContext {
public:
    static Result<std::shared_ptr<const TlsContext>> server(const TlsServerOptions& options);
    static Result<std::shared_ptr<const TlsContext>> client(const TlsClientOptions& options);
    ~TlsContext();
    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;

    ssl_ctx_st* native() const { return context_; }
    bool allow_wildcards() const { return allow_wildcards_; }

private:
    TlsContext() = default;

    ssl_ctx_st* context_ = nullptr;
    bool allow_wildcards_ = false;
};

}  // namespace ladestrom::transport
