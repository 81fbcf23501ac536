// A meter reading as the samples that a list of measurands selects.
#pragma once

#include "domain/metering.hpp"
#include "hardware/port.hpp"

#include <vector>

namespace ladestrom::station {

struct SamplerInput {
    const hardware::MeterReading& reading;
    int phases = 3;
    Amperes offered{0};
    MeterContext context = MeterContext::sample_periodic;
};

// Measurands that the hardware cannot tell (no state of charge) are left out.
// Without a phase: power and offered power are sums, current and voltage are told of every phase. With a
// phase: that of this phase, if the EVSE has it.
std::vector<MeterSample> sample(const SamplerInput& input, const std::vector<MeasurandSelection>& selection);

// Whether a list asks for this sample.
bool selects(const std::vector<MeasurandSelection>& selection, const MeterSample& sample);

}  // namespace ladestrom::station
