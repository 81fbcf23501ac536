// The settings of ladestrom-csms: their declarations, and what follows from them for the parts it is wired
// of.
#pragma once

#include "config/values.hpp"
#include "csms/csms.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ladestrom::app {

// PEM files; the chain begins with the own certificate.
struct CertificatePair {
    std::string chain_file;
    std::string key_file;
};

struct Endpoint {
    std::string address;
    std::uint16_t port = 0;  // 0: any free one
};

struct CsmsConfiguration {
    csms::Options core;

    std::optional<Endpoint> stations;      // ws://
    std::optional<Endpoint> stations_tls;  // wss://
    std::vector<CertificatePair> station_certificates;
    bool compression = true;                         // where stations of 2.x offer it
    std::size_t refusals_per_address = 100;          // within ten seconds; 0: no limit
    Endpoint http;                                   // dashboard and API
    std::vector<CertificatePair> http_certificates;  // empty: plain HTTP
    bool secure_cookie = false;                      // a proxy in front has TLS

    std::string state_directory;
    std::string database;        // path of the SQLite file
    std::string admin_name;      // the first administrator
    std::string admin_password;  // "": a one-time link is printed instead
    bool admin_link = false;     // print one at every start
    std::string log_level;       // debug, info, warning, error
    std::string log_format;      // text, json
};

config::Schema csms_schema();

// Fails with every problem, one a line, each with its place.
Result<CsmsConfiguration> csms_configuration(const config::Values& values);
// The same as a config::Check.
std::vector<Error> check_csms(const config::Values& values);

}  // namespace ladestrom::app
