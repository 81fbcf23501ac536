// What the local page sees of the engine.
#include "station/engine.hpp"

namespace ladestrom::station {
namespace {

std::string text_of(Registration status)
{
    switch (status) {
        case Registration::accepted: return "Accepted";
        case Registration::pending: return "Pending";
        case Registration::rejected: return "Rejected";
        case Registration::none: break;
    }
    return "";
}

SessionView view_of_session(const Session& session, const Evse& evse, const Clock& clock,
                            std::string transaction)
{
    const WattHours register_now = evse.reading ? evse.reading->import_register : session.last_meter;
    return {
        .id = to_text(session.serial),
        .transaction_id = session.transaction_id,
        .transaction = std::move(transaction),
        .token = session.token,
        .started = clock.resolve(session.started),
        .meter_start = session.meter_start,
        .energy = std::max(register_now, session.last_meter) - session.meter_start,
        .charging_state = evse.charging_state,
    };
}

}  // namespace

EvseView Engine::view_of(const Evse& evse) const
{
    const ShownStatus status = connector_status(evses_, evse, records_.failed());
    EvseView view{
        .evse = evse.id,
        .status = status.status,
        .error = status.error,
        .pilot = evse.pilot.value_or(hardware::PilotState::a),
        .contactor_closed = evse.contactor_closed,
        .locked = evse.locked,
        .operative = evse.operative && evses_.station_operative,
        .offered = evse.offered.value_or(Amperes{0}),
        .limited_by = evse.limited_by,
        .meter = evse.reading.value_or(hardware::MeterReading{}),
        .indication = evse.indicated ? evse.indicated->indication : hardware::Indication::booting,
        .session = std::nullopt,
    };
    if (const Session* session = sessions_.of(evse)) {
        view.session =
            view_of_session(*session, evse, clock_, context_.backend_numbers ? "" : sessions_.name(*session));
    }
    return view;
}

View Engine::view(Tick now) const
{
    View view;
    if (context_.online) {
        view.connection = ConnectionState::accepted;
    } else if (link_.is_up()) {
        view.connection = ConnectionState::connected;
    } else if (link_.opening()) {
        view.connection = ConnectionState::connecting;
    }
    view.version = link_.version();
    view.last_link_error = link_.last_error();
    view.registration = text_of(registration_.status());
    view.wall = clock_.wall(now);
    view.queued_facts = outbox_.size();
    view.dead_letters = outbox_.dead_letters().size();
    view.store_failed = records_.failed();
    for (const Evse& evse : evses_.all) view.evses.push_back(view_of(evse));
    return view;
}

}  // namespace ladestrom::station
