// OpenSSL contexts, built once from files.
#include "transport/tls.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include <unistd.h>

namespace ladestrom::transport {

namespace {

// ECDHE first; the two without forward secrecy are those that OCPP requires of a CSMS for stations that have
// nothing better (1.6 security whitepaper, A00.FR.318; 2.0.1 part 2, A00.FR.318).
constexpr const char* server_ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:"
    "AES128-GCM-SHA256:AES256-GCM-SHA384";
constexpr const char* tls13_ciphers = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384";
constexpr const char* groups = "X25519:P-256:P-384";

std::string openssl_reason()
{
    unsigned long const code = ERR_peek_last_error();
    ERR_clear_error();
    const char* reason = ERR_reason_error_string(code);
    return reason ? reason : fmt::format("OpenSSL error {:#x}", code);
}

// No prompt on the terminal for an encrypted key.
int no_passphrase(char*, int, int, void*)
{
    return 0;
}

Result<void> check_readable(const std::string& file, std::string_view what)
{
    if (file.empty()) return Error{fmt::format("{}: no file is named; name a PEM file", what)};
    if (::access(file.c_str(), R_OK) == 0) return {};
    return Error{fmt::format("{} {}: cannot be read ({}); name a PEM file that this user may read", what,
                             file, std::strerror(errno))};
}

Result<void> load_pair(SSL_CTX* context, const CertificateFiles& files)
{
    if (auto ok = check_readable(files.chain_file, "certificate"); !ok) return ok.error();
    if (auto ok = check_readable(files.key_file, "private key"); !ok) return ok.error();
    if (SSL_CTX_use_certificate_chain_file(context, files.chain_file.c_str()) != 1) {
        return Error{
            fmt::format("certificate {}: not usable ({}); it must be PEM, own certificate first, with "
                        "an RSA key of at least 2048 or an EC key of at least 224 bits",
                        files.chain_file, openssl_reason())};
    }
    if (SSL_CTX_use_PrivateKey_file(context, files.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
        unsigned long const code = ERR_peek_last_error();
        if (ERR_GET_LIB(code) == ERR_LIB_X509 && ERR_GET_REASON(code) == X509_R_KEY_VALUES_MISMATCH) {
            ERR_clear_error();
            return Error{
                fmt::format("private key {}: does not belong to the certificate {}; give the key that "
                            "the certificate was issued for",
                            files.key_file, files.chain_file)};
        }
        return Error{fmt::format("private key {}: not usable ({}); it must be PEM without a passphrase",
                                 files.key_file, openssl_reason())};
    }
    if (SSL_CTX_check_private_key(context) != 1) {
        ERR_clear_error();
        return Error{
            fmt::format("private key {}: does not belong to the certificate {}; give the key that the "
                        "certificate was issued for",
                        files.key_file, files.chain_file)};
    }
    return {};
}

Result<void> load_roots(SSL_CTX* context, const std::string& file)
{
    if (auto ok = check_readable(file, "CA file"); !ok) return ok.error();
    if (SSL_CTX_load_verify_file(context, file.c_str()) != 1) {
        return Error{fmt::format("CA file {}: not usable ({}); it must hold root certificates as PEM", file,
                                 openssl_reason())};
    }
    return {};
}

Result<void> set_common(SSL_CTX* context)
{
    SSL_CTX_set_security_level(context, 2);
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    // One read() for a record's head and body.
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_default_passwd_cb(context, no_passphrase);
    if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(context, server_ciphers) != 1 ||
        SSL_CTX_set_ciphersuites(context, tls13_ciphers) != 1 ||
        SSL_CTX_set1_groups_list(context, groups) != 1) {
        return Error{fmt::format("TLS: OpenSSL refuses the cipher settings ({})", openssl_reason())};
    }
    return {};
}

}  // namespace

Result<std::shared_ptr<const TlsContext>> TlsContext::server(const TlsServerOptions& options)
{
    std::shared_ptr<TlsContext> tls(new TlsContext);
    ERR_clear_error();
    tls->context_ = SSL_CTX_new(TLS_server_method());
    if (!tls->context_) return Error{fmt::format("TLS: no context ({})", openssl_reason())};
    if (auto ok = set_common(tls->context_); !ok) return ok.error();
    if (options.certificates.empty()) {
        return Error{"TLS: no certificate is configured; name a certificate and its private key"};
    }
    for (const auto& files : options.certificates) {
        if (auto ok = load_pair(tls->context_, files); !ok) return ok.error();
    }
    if (!options.client_ca_file.empty()) {
        if (auto ok = load_roots(tls->context_, options.client_ca_file); !ok) return ok.error();
        SSL_CTX_set_client_CA_list(tls->context_, SSL_load_client_CA_file(options.client_ca_file.c_str()));
        SSL_CTX_set_verify(
            tls->context_,
            SSL_VERIFY_PEER | (options.require_client_certificate ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
            nullptr);
    } else if (options.require_client_certificate) {
        return Error{"TLS: client certificates are required, but no client CA file is named; name one"};
    }
    return std::shared_ptr<const TlsContext>(std::move(tls));
}

Result<std::shared_ptr<const TlsContext>> TlsContext::client(const TlsClientOptions& options)
{
    std::shared_ptr<TlsContext> tls(new TlsContext);
    ERR_clear_error();
    tls->context_ = SSL_CTX_new(TLS_client_method());
    if (!tls->context_) return Error{fmt::format("TLS: no context ({})", openssl_reason())};
    if (auto ok = set_common(tls->context_); !ok) return ok.error();
    SSL_CTX_set_verify(tls->context_, SSL_VERIFY_PEER, nullptr);
    if (options.ca_file.empty()) {
        if (SSL_CTX_set_default_verify_paths(tls->context_) != 1) {
            return Error{
                fmt::format("TLS: the system's root certificates cannot be loaded ({}); name a CA file",
                            openssl_reason())};
        }
    } else if (auto ok = load_roots(tls->context_, options.ca_file); !ok) {
        return ok.error();
    }
    for (const auto& files : options.certificates) {
        if (auto ok = load_pair(tls->context_, files); !ok) return ok.error();
    }
    tls->allow_wildcards_ = options.allow_wildcards;
    return std::shared_ptr<const TlsContext>(std::move(tls));
}

TlsContext::~TlsContext()
{
    SSL_CTX_free(context_);
}

}  // namespace ladestrom::transport
