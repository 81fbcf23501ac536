// Changes of the registry on their way to the journal: a change holds once it is durable.
#pragma once

#include "station/core/context.hpp"
#include "station/link/credentials.hpp"

#include <deque>
#include <string_view>
#include <vector>

namespace ladestrom::station {

class Settings {
public:
    Settings(Context& context, Credentials& credentials) : context_(context), credentials_(credentials) {}

    // OCPP 1.6 ChangeConfiguration.
    ChangeOutcome change(std::string_view key, std::string_view text);
    // 2.x SetVariables.
    ChangeOutcome change(Variable variable, std::string_view text);
    // The engine's own; out of range becomes the nearest allowed value.
    void set(Variable variable, std::int64_t value);

    // Applies what has become durable. The variables that differ from before.
    std::vector<Variable> apply_durable();
    // The backend's changes that are not durable were refused. The failed commit may have reached the disk
    // after all, so what held before is recorded again.
    void take_back();

private:
    ChangeOutcome take(Change change);
    void keep(Change change, bool asked);

    struct Pending {
        Generation generation;
        Change change;
        bool asked;  // by the backend
    };
    Context& context_;
    Credentials& credentials_;
    std::deque<Pending> pending_;
};

}  // namespace ladestrom::station
