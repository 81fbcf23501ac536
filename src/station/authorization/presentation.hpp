// What a presented token means: a start, a stop, or the release of a cable; and for which EVSE.
#pragma once

#include "station/authorization/authorization.hpp"
#include "station/core/context.hpp"
#include "station/transactions/transactions.hpp"

namespace ladestrom::station {

class Presentation {
public:
    Presentation(Context& context, Authorization& authorization, Transactions& transactions,
                 Sessions& sessions)
        : context_(context), authorization_(authorization), transactions_(transactions), sessions_(sessions)
    {
    }

    // reader 0 serves the whole station.
    void present(EvseId reader, const IdToken& token);
    // RemoteStartTransaction, RequestStartTransaction with its id; none: any EVSE. Whether it is accepted.
    bool remote_start(std::optional<EvseId> evse, const IdToken& token,
                      std::optional<std::int64_t> remote_start_id = {});
    void advance();
    std::optional<Tick> next_deadline() const;

private:
    bool stop_own_session(EvseId reader, const IdToken& token);
    bool release_cable(EvseId reader, const IdToken& token);
    bool take_back(EvseId reader, const IdToken& token);
    bool fits(const IdToken& token) const;
    bool serves(EvseId reader, const Evse& evse) const { return reader == EvseId(0) || reader == evse.id; }
    void apply(const Decision& decision);
    void apply_at(Evse& evse, const Decision& decision);
    void apply_anywhere(const Decision& decision);
    bool stop_for_group(Evse& evse, const Decision& decision);
    bool release_for_group(Evse& evse, const Decision& decision);
    void refuse(EvseId reader);

    // Where somebody may charge who was not identified for one EVSE.
    struct Place {
        Evse* evse = nullptr;
        bool next_plug = false;  // wherever the next car is plugged in
        bool any() const { return evse != nullptr || next_plug; }
    };
    Place place(bool remote);
    void place_who_waits();
    template <class Condition>
    Evse* first_of(Condition condition);

    Context& context_;
    Authorization& authorization_;
    Transactions& transactions_;
    Sessions& sessions_;
    std::optional<Permit> unplaced_;  // for the next car, wherever it is plugged in
};

}  // namespace ladestrom::station
