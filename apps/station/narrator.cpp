// One comparison per thing worth a line. Tokens open chargers: they are not told.
#include "narrator.hpp"

#include "local/names.hpp"

#include <fmt/format.h>

namespace ladestrom::app {

using local::name_of;
using transport::LogLevel;

void Narrator::line(LogLevel level, std::string text) const
{
    if (log_) log_(level, std::move(text));
}

void Narrator::tell(const station::View& view)
{
    if (view.registration != last_.registration && !view.registration.empty()) {
        line(view.registration == "Accepted" ? LogLevel::info : LogLevel::warning,
             "backend answers the boot notification: " + view.registration);
    }
    if (view.store_failed != last_.store_failed) {
        line(view.store_failed ? LogLevel::error : LogLevel::info,
             view.store_failed ? "the journal cannot be written: no new session starts"
                               : "the journal can be written again");
    }
    if (view.dead_letters > last_.dead_letters) {
        line(LogLevel::warning, fmt::format("{} fact(s) given up after all attempts", view.dead_letters));
    }
    for (const station::EvseView& evse : view.evses) {
        station::EvseView before{.evse = evse.evse};
        for (const station::EvseView& was : last_.evses) {
            if (was.evse == evse.evse) before = was;
        }
        tell_evse(before, evse);
    }
    last_ = view;
}

void Narrator::tell_evse(const station::EvseView& was, const station::EvseView& is)
{
    const int number = is.evse.value();
    if (is.session && (!was.session || was.session->id != is.session->id)) {
        line(LogLevel::info, fmt::format("EVSE {}: session {} from {} Wh", number, is.session->id,
                                         is.session->meter_start.value));
    }
    if (was.session && (!is.session || was.session->id != is.session->id)) {
        line(LogLevel::info, fmt::format("EVSE {}: session {} has ended, {} Wh", number, was.session->id,
                                         was.session->energy.value));
    }
    if (is.session && is.session->transaction_id &&
        (!was.session || was.session->transaction_id != is.session->transaction_id)) {
        line(LogLevel::info, fmt::format("EVSE {}: session {} is transaction {}", number, is.session->id,
                                         *is.session->transaction_id));
    }
    if (is.status != was.status) {
        line(LogLevel::info, fmt::format("EVSE {}: {}", number, name_of(is.status)));
    }
    if (is.error != was.error) {
        line(is.error == ConnectorError::no_error ? LogLevel::info : LogLevel::warning,
             fmt::format("EVSE {}: {}", number, name_of(is.error)));
    }
}

}  // namespace ladestrom::app
