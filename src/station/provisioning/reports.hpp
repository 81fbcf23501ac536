// Reports of variables that the backend has asked for, sent in parts (2.1 part 2, B07 and B08). One that is
// not finished when the connection ends is not sent on another.
#pragma once

#include "station/calls/source.hpp"
#include "station/core/context.hpp"

#include <deque>

namespace ladestrom::station {

class Reports final : public Source {
public:
    explicit Reports(Context& context) : context_(context) {}

    // False when too many are under way. variables: not empty.
    bool add(std::int64_t request_id, std::vector<ShownVariable> variables);
    void link_lost() { reports_.clear(); }

    std::optional<Outgoing> next(Gate gate) override;
    void answered(const Reply&) override {}
    void failed(const Failure&) override {}
    std::optional<Tick> next_deadline() const override { return std::nullopt; }

private:
    struct Report {
        std::int64_t request_id = 0;
        std::int64_t part = 0;
        std::deque<ShownVariable> rest;
    };
    Context& context_;
    std::deque<Report> reports_;
};

}  // namespace ladestrom::station
