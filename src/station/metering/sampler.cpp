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

enum class Total { sum, mean, highest };

template <class Quantity>
std::optional<double> of_phases(const std::array<Quantity, 3>& values, int phases, MeterPhase phase,
                                Total total)
{
    const auto used = static_cast<std::size_t>(std::clamp(phases, 1, 3));
    if (phase != MeterPhase::none) {
        const auto index = phase_index(phase);
        if (!index || *index >= used) return std::nullopt;
        return values[*index].value;
    }
    double sum = 0;
    double highest = 0;
    for (std::size_t i = 0; i < used; ++i) {
        sum += values[i].value;
        highest = std::max(highest, values[i].value);
    }
    switch (total) {
        case Total::sum: return sum;
        case Total::mean: return sum / static_cast<double>(used);
        case Total::highest: break;
    }
    return highest;
}

std::optional<double> offered_power(const SamplerInput& input, MeterPhase phase)
{
    std::array<Watts, 3> offered;
    for (std::size_t i = 0; i < offered.size(); ++i) {
        offered[i] = {input.offered.value * input.reading.voltage[i].value};
    }
    return of_phases(offered, input.phases, phase, Total::sum);
}

std::optional<double> value_of(const SamplerInput& input, const MeasurandSelection& selection)
{
    const hardware::MeterReading& reading = input.reading;
    const MeterPhase phase = selection.phase;
    switch (selection.measurand) {
        case Measurand::current_import:
            return of_phases(reading.current, input.phases, phase, Total::highest);
        case Measurand::voltage: return of_phases(reading.voltage, input.phases, phase, Total::mean);
        case Measurand::power_active_import: return of_phases(reading.power, input.phases, phase, Total::sum);
        case Measurand::power_offered: return offered_power(input, phase);
        default: break;
    }
    if (phase != MeterPhase::none) return std::nullopt;
    switch (selection.measurand) {
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
        const auto value = value_of(input, item);
        if (!value || !std::isfinite(*value)) continue;
        samples.push_back({
            .measurand = item.measurand,
            .phase = item.phase,
            .location = location_of(item.measurand),
            .context = input.context,
            .unit = base_unit(item.measurand),
            .value = std::round(*value * 1000) / 1000,
            .signed_data = std::nullopt,
        });
    }
    return samples;
}

}  // namespace ladestrom::station
