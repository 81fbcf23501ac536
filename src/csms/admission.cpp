#include "csms/admission.hpp"

#include "csms/dialect/dialect.hpp"
#include "csms/text.hpp"

namespace ladestrom::csms {
namespace {

constexpr int basic = 1, tls_basic = 2, mutual_tls = 3;
// Of an identity that is made without a person having seen it.
constexpr std::size_t longest_made = 128;

Refuse refused(std::string_view counter, std::string reason)
{
    return {.http_status = 401, .counter = counter, .reason = std::move(reason)};
}

}  // namespace

bool allows(const store::StationRow& station, OcppVersion version)
{
    return station.allowed_versions.empty() || station.allowed_versions.contains(version);
}

std::optional<OcppVersion> choose_version(const std::vector<std::string>& offered,
                                          const store::StationRow* station)
{
    for (const std::string& name : offered) {
        const auto version = version_of_subprotocol(name);
        if (!version || dialect_of(*version) == nullptr) continue;
        if (station == nullptr || allows(*station, *version)) return version;
    }
    return std::nullopt;
}

Doorkeeper::Doorkeeper(const Options& options, const PasswordHasher& hasher)
    : options_(options), hasher_(hasher), no_hash_(hasher.hash(StationId(), ""))
{
}

Verdict Doorkeeper::judge(const UpgradeRequested& request, const store::StationRow* station) const
{
    if (station == nullptr && options_.accept_unknown) {
        const std::string& identity = request.identity.value();
        if (identity.empty() || identity.size() > longest_made || !is_printable(identity)) {
            return refused("csms.upgrade.bad_identity", "the identity is empty, too long or not printable");
        }
        if (!choose_version(request.offered, nullptr)) return NoCommonVersion{};
        return CreateFirst{};
    }
    std::optional<std::string> used;
    auto refusal = check_credentials(request, station, used);
    if (station == nullptr) {
        Refuse unknown = refused("csms.upgrade.unknown_station", "the identity is not registered");
        if (options_.tell_unknown) unknown.http_status = 404;
        return unknown;
    }
    if (refusal) return *std::move(refusal);
    const auto version = choose_version(request.offered, station);
    if (!version) return NoCommonVersion{choose_version(request.offered, nullptr).has_value()};
    return Admit{*version, std::move(used)};
}

std::optional<Refuse> Doorkeeper::check_credentials(const UpgradeRequested& request,
                                                    const store::StationRow* station,
                                                    std::optional<std::string>& used) const
{
    const bool has_password = station != nullptr && !station->password_hash.empty();
    bool right = false;
    if (request.has_credentials) {
        const std::string& hash = has_password ? station->password_hash : no_hash_;
        right = hasher_.matches(hash, request.identity, request.password) && has_password;
    }
    if (station == nullptr) return std::nullopt;
    for (const std::string& next : station->next_password_hashes) {
        if (right || !request.has_credentials) break;
        right = hasher_.matches(next, request.identity, request.password);
        if (right) used = next;
    }
    const int profile = station->security_profile;
    if (profile >= mutual_tls) {
        return refused("csms.upgrade.profile_unsupported",
                       "security profile 3 (client certificate) is not supported by this central system");
    }
    if (profile < basic) return std::nullopt;
    if (!request.has_credentials) {
        return refused("csms.upgrade.no_credentials", "no credentials were sent (security profile 1 or 2)");
    }
    if (!has_password && !right) {
        return refused("csms.upgrade.no_password_set", "no password is set for the station; set one first");
    }
    if (request.user != request.identity.value()) {
        return refused("csms.upgrade.wrong_user", "the user name is not the identity");
    }
    if (!right) return refused("csms.upgrade.wrong_password", "wrong password");
    if (profile >= tls_basic && !request.tls) {
        return refused("csms.upgrade.tls_required", "security profile 2 needs TLS, the connection has none");
    }
    return std::nullopt;
}

}  // namespace ladestrom::csms
