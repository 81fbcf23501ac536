#include "csms/shard.hpp"

namespace ladestrom::csms {

LoadId Shard::load(Action load_action, PendingLoad pending)
{
    const LoadId id = ++last_load;
    const auto set_id = [id](auto& action) {
        if constexpr (requires { action.load; }) action.load = id;
    };
    std::visit(set_id, load_action);
    loads.emplace(id, std::move(pending));
    act(std::move(load_action));
    return id;
}

std::vector<Effects> Shard::take_effects()
{
    std::vector<Effects> effects;
    if (!actions.empty())
        effects.push_back(Effects{.batch = 0, .writes = {}, .then = std::exchange(actions, {})});
    for (Effects& batch : batches) effects.push_back(std::move(batch));
    batches.clear();
    return effects;
}

}  // namespace ladestrom::csms
