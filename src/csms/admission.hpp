// Who may open a socket: the decision about one upgrade request, from what the store says of the station.
// Default-deny. Whatever is wrong looks the same from outside, so that identities cannot be found by trying:
// one status, and one password comparison in every case.
#pragma once

#include "base/version.hpp"
#include "csms/csms.hpp"
#include "store/ledger.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace ladestrom::csms {

// Speak this version.
struct Admit {
    OcppVersion version = OcppVersion::v1_6;
    // The hash of the password that was used for the first time, and takes the old one's place.
    std::optional<std::string> new_password_hash = {};
};
// Known and authenticated, but no subprotocol in common: 101 without one, then close (OCPP-J 1.6
// section 3.1.2; 2.0.1 part 4 section 3).
struct NoCommonVersion {
    bool restricted = false;  // there is one, and the station's row does not allow it
};
// Not registered, and a lab wants such stations made.
struct CreateFirst {};
struct Refuse {
    int http_status = 401;
    std::string_view counter;
    std::string reason;
};
using Verdict = std::variant<Admit, NoCommonVersion, CreateFirst, Refuse>;

class Doorkeeper {
public:
    Doorkeeper(const Options& options, const PasswordHasher& hasher);

    Verdict judge(const UpgradeRequested& request, const store::StationRow* station) const;

private:
    // used: set to the hash of a password that was used for the first time.
    std::optional<Refuse> check_credentials(const UpgradeRequested& request, const store::StationRow* station,
                                            std::optional<std::string>& used) const;

    const Options& options_;
    const PasswordHasher& hasher_;
    std::string no_hash_;  // compared with when a station is unknown or has no password
};

// May the station speak it, as far as its row says.
bool allows(const store::StationRow& station, OcppVersion version);

// The first offered subprotocol that this core speaks and the station may speak. null: it may speak all.
std::optional<OcppVersion> choose_version(const std::vector<std::string>& offered,
                                          const store::StationRow* station);

}  // namespace ladestrom::csms
