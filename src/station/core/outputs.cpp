// Sorting effects into what goes first and what may wait.
#include "station/core/outputs.hpp"

#include <utility>

namespace ladestrom::station {
namespace {

EvseId evse_of(const hardware::Command& command)
{
    return std::visit([](const auto& order) { return order.evse; }, command);
}

// The waiting action that this order reverses.
bool reversed_by(const hardware::Command& order, const Action& waiting)
{
    const auto* command = std::get_if<hardware::Command>(&waiting);
    if (command == nullptr || evse_of(*command) != evse_of(order)) return false;
    if (std::holds_alternative<hardware::OpenContactor>(order)) {
        return std::holds_alternative<hardware::CloseContactor>(*command);
    }
    return order.index() == command->index();
}

}  // namespace

void Outputs::now(hardware::Command command)
{
    std::erase_if(then_, [&](const Action& action) { return reversed_by(command, action); });
    now_.push_back(std::move(command));
}

void Outputs::drop_frames()
{
    std::erase_if(then_, [](const Action& action) { return std::holds_alternative<SendFrame>(action); });
}

Effects Outputs::take(Records& records, Tick now)
{
    Effects effects;
    effects.now = std::exchange(now_, {});
    const bool actions_first = records_were_last_ && !then_.empty();
    if (records.batch_ready(now) && !actions_first) {
        effects.records = records.take_batch();
        records_were_last_ = true;
        return effects;
    }
    effects.then = std::exchange(then_, {});
    records_were_last_ = false;
    return effects;
}

bool Outputs::waiting(const Records& records, Tick now) const
{
    return !then_.empty() || records.batch_ready(now);
}

}  // namespace ladestrom::station
