// The pending inbox: identities that tried to connect and are not registered, so that a person can let them
// in. Bounded; a flood of names pushes out what tried least recently, and a real station tries again.
#pragma once

#include "csms/admission.hpp"
#include "csms/csms.hpp"

#include <map>
#include <vector>

namespace ladestrom::csms {

class Inbox {
public:
    explicit Inbox(std::size_t capacity) : capacity_(capacity) {}

    void note(const UpgradeRequested& request, const Refuse& refusal, Instant now);
    // It is registered now.
    void forget(const StationId& identity) { entries_.erase(identity); }

    std::vector<UnknownStation> newest_first() const;

private:
    struct Entry {
        UnknownStation station;
        std::uint64_t turn = 0;  // of the newest attempt
    };

    std::size_t capacity_;
    std::uint64_t turns_ = 0;
    std::map<StationId, Entry> entries_;
};

}  // namespace ladestrom::csms
