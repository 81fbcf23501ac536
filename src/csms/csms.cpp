#include "csms/csms.hpp"

#include "csms/engine.hpp"

#include <utility>

namespace ladestrom::csms {

Csms::Csms(Options options, const PasswordHasher& hasher, std::uint64_t seed)
    : engine_(std::make_unique<Engine>(std::move(options), hasher, seed))
{
}

Csms::~Csms() = default;

std::vector<Effects> Csms::handle(Input input, Now now)
{
    return engine_->handle(std::move(input), now);
}

std::optional<Tick> Csms::next_deadline() const
{
    return engine_->next_deadline();
}

std::optional<ConnectionView> Csms::connection(const StationId& station) const
{
    return engine_->connection(station);
}

std::vector<ConnectionView> Csms::connections() const
{
    return engine_->connections();
}

std::vector<UnknownStation> Csms::unknown_stations() const
{
    return engine_->unknown_stations();
}

const Counters& Csms::counters() const
{
    return engine_->counters();
}

}  // namespace ladestrom::csms
