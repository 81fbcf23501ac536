// One measurand at a time.
#include "station/metering/sampler.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace ladestrom::station {
namespace {

// The index of the phase a selection names; L1-N is L1 for voltages.
std::optional<std::size_t> phase_index(MeterPhase phase)
{
    switch (phase) {
        case MeterPhase::l1:
        case MeterPhase::l1_n: return 0;
        case MeterPhase::l2:
        case MeterPhase::l2_n: return 1;
        case MeterPhase::l3:
        case MeterPhase::l3_n: return 2;
        default: return std::nullopt;
    }
}

std::size_t phases_used(const SamplerInput& input)
{
    return static_cast<std::size_t>(std::clamp(input.phases, 1, 3));
}

// Without a phase: the sum of all.
template <class Quantity>
std::optional<double> of_phases(const SamplerInput& input, const std::array<Quantity, 3>& values,
                                MeterPhase phase)
{
    const std::size_t used = phases_used(input);
    if (phase != MeterPhase::none) {
        const auto index = phase_index(phase);
        if (!index || *index >= used) return std::nullopt;
        return values[*index].value;
    }
    double sum = 0;
    for (std::size_t i = 0; i < used; ++i) sum += values[i].value;
    return sum;
}

std::optional<double> offered_power(const SamplerInput& input, MeterPhase phase)
{
    std::array<Watts, 3> offered;
    for (std::size_t i = 0; i < offered.size(); ++i) {
        offered[i] = {input.offered.value * input.reading.voltage[i].value};
    }
    return of_phases(input, offered, phase);
}

// OCPP 1.6 section 3.16.3: without a phase, all that can be measured are reported.
std::vector<MeterPhase> phases_of(const SamplerInput& input, const MeasurandSelection& item)
{
    static constexpr std::array lines{MeterPhase::l1, MeterPhase::l2, MeterPhase::l3};
    static constexpr std::array neutral{MeterPhase::l1_n, MeterPhase::l2_n, MeterPhase::l3_n};
    if (item.phase != MeterPhase::none) return {item.phase};
    const auto used = static_cast<std::ptrdiff_t>(phases_used(input));
    if (item.measurand == Measurand::current_import) return {lines.begin(), lines.begin() + used};
    if (item.measurand == Measurand::voltage) return {neutral.begin(), neutral.begin() + used};
    return {MeterPhase::none};
}

std::optional<double> value_of(const SamplerInput& input, Measurand measurand, MeterPhase phase)
{
    const hardware::MeterReading& reading = input.reading;
    switch (measurand) {
        case Measurand::current_import: return of_phases(input, reading.current, phase);
        case Measurand::voltage: return of_phases(input, reading.voltage, phase);
        case Measurand::power_active_import: return of_phases(input, reading.power, phase);
        case Measurand::power_offered: return offered_power(input, phase);
        default: break;
    }
    if (phase != MeterPhase::none) return std::nullopt;
    switch (measurand) {
        case Measurand::energy_active_import_register:
            return static_cast<double>(reading.import_register.value);
        case Measurand::current_offered: return input.offered.value;
        case Measurand::frequency: return reading.frequency_hz;
        case Measurand::soc: return reading.soc ? std::optional(reading.soc->value) : std::nullopt;
        case Measurand::temperature:
            return reading.temperature ? std::optional(reading.temperature->value) : std::nullopt;
        default: return std::nullopt;
    }
}

MeterLocation location_of(Measurand measurand)
{
    return measurand == Measurand::soc ? MeterLocation::ev : MeterLocation::outlet;
}

}  // namespace

bool selects(const std::vector<MeasurandSelection>& selection, const MeterSample& sample)
{
    return std::ranges::any_of(selection, [&](const MeasurandSelection& item) {
        return item.measurand == sample.measurand &&
               (item.phase == MeterPhase::none || item.phase == sample.phase);
    });
}

std::vector<MeterSample> sample(const SamplerInput& input, const std::vector<MeasurandSelection>& selection)
{
    std::vector<MeterSample> samples;
    for (const MeasurandSelection& item : selection) {
        for (const MeterPhase phase : phases_of(input, item)) {
            const auto value = value_of(input, item.measurand, phase);
            if (!value || !std::isfinite(*value)) continue;
            samples.push_back({
                .measurand = item.measurand,
                .phase = phase,
                .location = location_of(item.measurand),
                .context = input.context,
                .unit = base_unit(item.measurand),
                .value = std::round(*value * 1000) / 1000,
                .signed_data = std::nullopt,
            });
        }
    }
    return samples;
}

}  // namespace ladestrom::station
