// Certificates by OpenSSL's API, raw bytes by Asio.
#include "transport/test_support.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/write.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace ladestrom::transport {

namespace asio = boost::asio;

namespace {

EVP_PKEY* make_key(KeyType type)
{
    switch (type) {
        case KeyType::ecdsa: return EVP_EC_gen("P-256");
        case KeyType::rsa: return EVP_RSA_gen(2048);
        case KeyType::rsa_1024: return EVP_RSA_gen(1024);
    }
    return nullptr;
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    if (!extension) throw std::runtime_error("test certificate: extension " + value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

X509* make_certificate(EVP_PKEY* key, const CertificateOptions& options, long serial)
{
    X509* certificate = X509_new();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), options.valid_from_days * 86'400);
    X509_gmtime_adj(X509_getm_notAfter(certificate), options.valid_to_days * 86'400);
    X509_set_pubkey(certificate, key);
    X509_NAME* name = X509_get_subject_name(certificate);
    auto const text = [](const std::string& value) {
        return reinterpret_cast<const unsigned char*>(value.c_str());
    };
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text(options.common_name), -1, -1, 0);
    X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, text("Test Operator"), -1, -1, 0);
    return certificate;
}

template <class Write>
void write_file(const std::string& path, Write write)
{
    std::FILE* file = std::fopen(path.c_str(), "w");
    if (!file) throw std::runtime_error("cannot write " + path);
    write(file);
    std::fclose(file);
}

}  // namespace

TestAuthority::TestAuthority(std::string common_name)
{
    auto pattern = (std::filesystem::temp_directory_path() / "ladestrom-test-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("cannot make " + pattern);
    directory_ = pattern;
    root_file_ = directory_ + "/root.pem";
    key_ = make_key(KeyType::ecdsa);
    root_ = make_certificate(key_, {.common_name = std::move(common_name)}, 1);
    X509_set_issuer_name(root_, X509_get_subject_name(root_));
    add_extension(root_, root_, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(root_, root_, NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(root_, root_, NID_subject_key_identifier, "hash");
    X509_sign(root_, key_, EVP_sha256());
    write_file(root_file_, [&](std::FILE* file) { PEM_write_X509(file, root_); });
}

TestAuthority::~TestAuthority()
{
    X509_free(root_);
    EVP_PKEY_free(key_);
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

CertificateFiles TestAuthority::issue(const CertificateOptions& options)
{
    ++issued_;
    CertificateFiles const files{fmt::format("{}/{}.pem", directory_, issued_),
                                 fmt::format("{}/{}.key", directory_, issued_)};
    EVP_PKEY* key = make_key(options.key);
    X509* certificate = make_certificate(key, options, issued_ + 1);
    X509_set_issuer_name(certificate, X509_get_subject_name(root_));
    add_extension(certificate, root_, NID_basic_constraints, "CA:FALSE");
    std::string names;
    for (const auto& name : options.alternative_names) names += (names.empty() ? "" : ",") + name;
    if (!names.empty()) add_extension(certificate, root_, NID_subject_alt_name, names);
    X509_sign(certificate, key_, EVP_sha256());
    write_file(files.chain_file, [&](std::FILE* file) { PEM_write_X509(file, certificate); });
    write_file(files.key_file, [&](std::FILE* file) {
        PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    });
    X509_free(certificate);
    EVP_PKEY_free(key);
    return files;
}

RawPeer::RawPeer(EventLoop& loop, std::uint16_t port, const std::string& from)
{
    Socket socket(loop.context());
    socket.open(asio::ip::tcp::v4());
    if (!from.empty()) socket.bind({asio::ip::make_address_v4(from), 0});
    socket.connect({asio::ip::address_v4::loopback(), port});
    state_ = std::make_shared<State>(std::move(socket));
    read(state_);
}

RawPeer::~RawPeer()
{
    close();
}

void RawPeer::read(const std::shared_ptr<State>& state)
{
    state->socket.async_read_some(asio::buffer(state->buffer),
                                  [state](boost::system::error_code error, std::size_t bytes) {
                                      state->received.append(state->buffer.data(), bytes);
                                      if (error) {
                                          state->ended = true;
                                      } else if (state->reading) {
                                          read(state);
                                      }
                                  });
}

void RawPeer::send(std::string_view bytes)
{
    boost::system::error_code ignored;
    asio::write(state_->socket, asio::buffer(bytes.data(), bytes.size()), ignored);
}

void RawPeer::stop_reading()
{
    state_->reading = false;
    state_->socket.cancel();
}

void RawPeer::close()
{
    boost::system::error_code ignored;
    state_->socket.close(ignored);
}

std::string upgrade_text(std::string_view target, std::string_view subprotocols, std::string_view extra)
{
    std::string text = fmt::format(
        "GET {} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n",
        target);
    if (!subprotocols.empty()) text += fmt::format("Sec-WebSocket-Protocol: {}\r\n", subprotocols);
    text += extra;
    return text + "\r\n";
}

std::string frame_text(int opcode, std::string_view payload, bool last)
{
    std::string frame;
    frame += static_cast<char>((last ? 0x80 : 0) | opcode);
    if (payload.size() < 126) {
        frame += static_cast<char>(0x80 | payload.size());
    } else if (payload.size() < 65536) {
        frame += static_cast<char>(0x80 | 126);
        frame += static_cast<char>(payload.size() >> 8);
        frame += static_cast<char>(payload.size() & 0xff);
    } else {
        frame += static_cast<char>(0x80 | 127);
        for (int shift = 56; shift >= 0; shift -= 8)
            frame += static_cast<char>((payload.size() >> shift) & 0xff);
    }
    frame.append(4, '\0');
    frame += payload;
    return frame;
}

}  // namespace ladestrom::transport
