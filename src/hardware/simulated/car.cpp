// The battery is counted in integers, so that what the meter shows and what the battery holds agree exactly.
#include "hardware/simulated/car.hpp"

#include <algorithm>
#include <cmath>

namespace ladestrom::hardware::simulated {
namespace {

constexpr std::int64_t million = 1'000'000;

std::int64_t efficiency_ppm(const CarSettings& settings)
{
    return std::llround(settings.efficiency * static_cast<double>(million));
}

}  // namespace

Car::Car(CarSettings settings, Percent soc) : settings_(settings)
{
    set_soc(soc);
}

Car::Car(CarSettings settings, std::int64_t stored_microjoules)
    : settings_(settings), stored_(stored_microjoules)
{
}

void Car::set_settings(const CarSettings& settings)
{
    settings_ = settings;
    stored_ = std::min(stored_, capacity_microjoules());
}

void Car::set_soc(Percent soc)
{
    double share = std::clamp(soc.value, 0.0, 100.0) / 100.0;
    stored_ = std::llround(share * static_cast<double>(capacity_microjoules()));
    remainder_ = 0;
}

std::int64_t Car::capacity_microjoules() const
{
    return settings_.capacity.value * microjoules_per_watt_hour;
}

Percent Car::soc() const
{
    if (full()) return {100.0};
    return {100.0 * static_cast<double>(stored_) / static_cast<double>(capacity_microjoules())};
}

bool Car::asks(Amperes offer) const
{
    return settings_.wants_energy && !settings_.refuses && !full() && offer >= settings_.min_current;
}

Amperes Car::takes(Amperes offer) const
{
    if (!asks(offer)) return {0};
    double accepted = settings_.max_current.value;
    double from = settings_.taper_from.value;
    if (double level = soc().value; level > from && from < 100.0) {
        double along = (level - from) / (100.0 - from);
        accepted *= 1.0 - along * (1.0 - settings_.taper_to);
    }
    return {std::min(offer.value, accepted)};
}

void Car::receive(std::int64_t microjoules)
{
    std::int64_t ppm = efficiency_ppm(settings_);
    // In whole joules and the rest, so that the product stays within 63 bits.
    stored_ += microjoules / million * ppm;
    remainder_ += microjoules % million * ppm;
    stored_ += remainder_ / million;
    remainder_ %= million;
}

Duration Car::time_to_full(std::int64_t milliwatts) const
{
    // A milliwatt for a millisecond is a microjoule.
    std::int64_t per_millisecond = milliwatts * efficiency_ppm(settings_) / million;
    if (per_millisecond <= 0) return Duration(0);
    std::int64_t missing = std::max<std::int64_t>(capacity_microjoules() - stored_, 0);
    return Duration((missing + per_millisecond - 1) / per_millisecond);
}

}  // namespace ladestrom::hardware::simulated
