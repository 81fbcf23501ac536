// The steps of OpenSSL on a non-blocking descriptor.
#include "transport/stream.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>

#include <cerrno>

namespace ladestrom::transport {

namespace asio = boost::asio;

namespace {

Stream::ErrorCode last_ssl_error()
{
    unsigned long const code = ERR_get_error();
    ERR_clear_error();
    return {static_cast<int>(code), asio::error::get_ssl_category()};
}

std::string name_entry(X509_NAME* name, int nid)
{
    int const index = X509_NAME_get_index_by_NID(name, nid, -1);
    if (index < 0) return {};
    unsigned char* utf8 = nullptr;
    int const bytes = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
    if (bytes < 0) return {};
    std::string text(reinterpret_cast<char*>(utf8), static_cast<std::size_t>(bytes));
    OPENSSL_free(utf8);
    return text;
}

std::string serial_number(X509* certificate)
{
    BIGNUM* number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr);
    if (!number) return {};
    char* hex = BN_bn2hex(number);
    std::string text = hex ? hex : "";
    OPENSSL_free(hex);
    BN_free(number);
    return text;
}

}  // namespace

void Stream::SslDeleter::operator()(ssl_st* ssl) const
{
    SSL_free(ssl);
}

Stream::ErrorCode Stream::begin_tls(const TlsContext& context)
{
    ErrorCode error;
    socket_.native_non_blocking(true, error);
    if (error) return error;
    ERR_clear_error();
    ssl_.reset(SSL_new(context.native()));
    if (!ssl_ || SSL_set_fd(ssl_.get(), socket_.native_handle()) != 1) return last_ssl_error();
    return {};
}

Stream::ErrorCode Stream::begin_tls_server(const TlsContext& context)
{
    if (auto const error = begin_tls(context)) return error;
    SSL_set_accept_state(ssl_.get());
    return {};
}

Stream::ErrorCode Stream::begin_tls_client(const TlsContext& context, const std::string& host)
{
    if (auto const error = begin_tls(context)) return error;
    SSL_set_connect_state(ssl_.get());
    ErrorCode not_an_address;
    asio::ip::make_address(host, not_an_address);
    if (!not_an_address) {
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), host.c_str()) == 1
                   ? ErrorCode{}
                   : last_ssl_error();
    }
    // Subject alternative names count; the common name only when there are none of type DNS.
    unsigned const flags =
        context.allow_wildcards() ? X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS : X509_CHECK_FLAG_NO_WILDCARDS;
    SSL_set_hostflags(ssl_.get(), flags);
    if (SSL_set1_host(ssl_.get(), host.c_str()) != 1 ||
        SSL_set_tlsext_host_name(ssl_.get(), host.c_str()) != 1) {
        return last_ssl_error();
    }
    return {};
}

Stream::Step Stream::step_of(int result)
{
    int const system_error = errno;
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ: return {.want = Want::read};
        case SSL_ERROR_WANT_WRITE: return {.want = Want::write};
        case SSL_ERROR_ZERO_RETURN: return {.error = asio::error::eof};
        case SSL_ERROR_SYSCALL:
            ERR_clear_error();
            if (system_error == 0) return {.error = asio::error::eof};
            return {.error = {system_error, boost::system::system_category()}};
        default: break;
    }
    // The peer closed TCP without close_notify: common, and every protocol above has its own end.
    if (ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        ERR_clear_error();
        return {.error = asio::error::eof};
    }
    return {.error = last_ssl_error()};
}

Stream::Step Stream::handshake_step()
{
    ERR_clear_error();
    errno = 0;
    int const result = SSL_do_handshake(ssl_.get());
    return result == 1 ? Step{} : step_of(result);
}

bool Stream::read_is_buffered() const
{
    return SSL_has_pending(ssl_.get()) == 1;
}

Stream::Step Stream::read_step(void* to, std::size_t bytes)
{
    if (bytes == 0) return {};
    ERR_clear_error();
    errno = 0;
    std::size_t got = 0;
    int const result = SSL_read_ex(ssl_.get(), to, bytes, &got);
    return result == 1 ? Step{.bytes = got} : step_of(result);
}

Stream::Step Stream::write_step(const void* from, std::size_t bytes)
{
    if (bytes == 0) return {};
    ERR_clear_error();
    errno = 0;
    std::size_t written = 0;
    int const result = SSL_write_ex(ssl_.get(), from, bytes, &written);
    return result == 1 ? Step{.bytes = written} : step_of(result);
}

void Stream::async_handshake(std::function<void(ErrorCode)> done)
{
    start([this] { return handshake_step(); },
          [done = std::move(done)](ErrorCode error, std::size_t) { done(error); });
}

std::string Stream::certificate_error() const
{
    long const result = ssl_ ? SSL_get_verify_result(ssl_.get()) : X509_V_OK;
    return result == X509_V_OK ? std::string() : X509_verify_cert_error_string(result);
}

TlsInfo Stream::tls_info() const
{
    TlsInfo info;
    if (!ssl_) return info;
    info.version = SSL_get_version(ssl_.get());
    info.cipher = SSL_get_cipher_name(ssl_.get());
    if (X509* certificate = SSL_get0_peer_certificate(ssl_.get())) {
        X509_NAME* subject = X509_get_subject_name(certificate);
        info.peer_common_name = name_entry(subject, NID_commonName);
        info.peer_organization = name_entry(subject, NID_organizationName);
        info.peer_serial_number = serial_number(certificate);
    }
    return info;
}

void Stream::shutdown_send()
{
    if (ssl_ && SSL_is_init_finished(ssl_.get())) {
        ERR_clear_error();
        SSL_shutdown(ssl_.get());
        ERR_clear_error();
    }
    ErrorCode ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
}

void Stream::close()
{
    ErrorCode ignored;
    socket_.close(ignored);
}

void Stream::async_drain(std::function<void()> done)
{
    socket_.async_wait(Socket::wait_read, [this, done = std::move(done)](ErrorCode error) mutable {
        std::array<char, 4096> scratch;
        if (!error) socket_.non_blocking(true, error);
        // A flood must not hold the loop: a few reads, then others have their turn.
        for (int reads = 0; !error && reads < 16; ++reads) socket_.read_some(asio::buffer(scratch), error);
        if (error && error != asio::error::would_block && error != asio::error::try_again) return done();
        async_drain(std::move(done));
    });
}

std::string describe(const boost::system::error_code& error)
{
    if (error == asio::error::eof) return "the peer closed the connection";
    std::string text = error.message();
    if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z' &&
        !(text.size() > 1 && text[1] >= 'A' && text[1] <= 'Z')) {
        text[0] = static_cast<char>(text[0] - 'A' + 'a');
    }
    return text;
}

}  // namespace ladestrom::transport
