// The door: configuration checks, and the engine behind it.
#include "station/station.hpp"

#include "base/utf8.hpp"
#include "station/engine.hpp"
#include "station/recovery.hpp"

#include <fmt/format.h>

namespace ladestrom::station {
namespace {

constexpr std::size_t most_evses = 100;
constexpr std::size_t longest_identity = 255;

struct TextRule {
    std::string_view name;
    const std::string& text;
    std::size_t least;
    std::size_t most;
};

Result<void> check_text(const TextRule& rule)
{
    const std::size_t length = characters(rule.text);
    if (length < rule.least)
        return Error{fmt::format("{}: empty, at least {} character", rule.name, rule.least)};
    if (length > rule.most) {
        return Error{fmt::format("{}: {} characters, at most {}", rule.name, length, rule.most)};
    }
    return {};
}

Result<void> check_texts(const Config& config)
{
    // Lengths of OCPP 1.6 section 6.5.
    const TextRule rules[] = {
        {"identity", config.identity, 1, longest_identity},
        {"vendor", config.vendor, 1, 20},
        {"model", config.model, 1, 20},
        {"serial_number", config.serial_number, 0, 25},
        {"firmware_version", config.firmware_version, 0, 50},
        {"meter_type", config.meter_type, 0, 25},
        {"meter_serial_number", config.meter_serial_number, 0, 25},
        {"iccid", config.iccid, 0, 20},
        {"imsi", config.imsi, 0, 20},
        {"free_charging_token", config.free_charging_token, 1, 20},
    };
    for (const TextRule& rule : rules) {
        if (auto checked = check_text(rule); !checked) return checked;
    }
    return {};
}

Result<void> check_evses(const Config& config)
{
    if (config.evses.empty() || config.evses.size() > most_evses) {
        return Error{fmt::format("evses: {}, between 1 and {}", config.evses.size(), most_evses)};
    }
    for (std::size_t i = 0; i < config.evses.size(); ++i) {
        const auto& capabilities = config.evses[i].capabilities;
        if (capabilities.phases != 1 && capabilities.phases != 3) {
            return Error{fmt::format("evses[{}].phases: {}, 1 or 3", i, capabilities.phases)};
        }
        if (!(capabilities.min_current > Amperes{0}) || capabilities.max_current < capabilities.min_current) {
            return Error{
                fmt::format("evses[{}]: current from {} A to {} A, the first above 0 and not above the other",
                            i, capabilities.min_current.value, capabilities.max_current.value)};
        }
    }
    return {};
}

}  // namespace

Result<void> check(const Config& config)
{
    if (auto checked = check_texts(config); !checked) return checked;
    if (!config.url.starts_with("ws://") && !config.url.starts_with("wss://")) {
        return Error{fmt::format("url: \"{}\", expected ws:// or wss://", config.url)};
    }
    if (config.versions.empty()) return Error{"versions: empty, at least one"};
    for (auto version = config.versions.begin(); version != config.versions.end(); ++version) {
        if (std::find(std::next(version), config.versions.end(), *version) != config.versions.end()) {
            return Error{fmt::format("versions: {} stands there twice", subprotocol(*version))};
        }
    }
    if (auto checked = check_evses(config); !checked) return checked;
    if (config.max_queued_facts < 10) {
        return Error{fmt::format("max_queued_facts: {}, at least 10", config.max_queued_facts)};
    }
    return Registry::check(registry_options(config));
}

Result<void> check_key(Config config, const std::string& key, const std::string& value)
{
    config.keys = {{key, value}};
    return Registry::check(registry_options(config));
}

Station::Station(Config config, const store::Batch& journal, std::optional<Instant> wall, Tick now,
                 std::uint64_t seed)
    : engine_(std::make_unique<Engine>(std::move(config), journal, wall, now, seed))
{
}

Station::~Station() = default;
Station::Station(Station&&) noexcept = default;
Station& Station::operator=(Station&&) noexcept = default;

Effects Station::start(Tick now)
{
    return engine_->start(now);
}

Effects Station::handle(Input input, Tick now)
{
    return engine_->handle(input, now);
}

std::optional<Tick> Station::next_deadline() const
{
    return engine_->next_deadline();
}

View Station::view(Tick now) const
{
    return engine_->view(now);
}

std::vector<DeadLetterView> Station::dead_letters() const
{
    return engine_->dead_letters();
}

const Counters& Station::counters() const
{
    return engine_->counters();
}

}  // namespace ladestrom::station
