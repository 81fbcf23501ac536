// Every variable as OCPP 2.x shows it (2.1 part 1, device model): those of the registry that 2.x has, and
// what follows from the hardware and its use. Made anew for each question.
#pragma once

#include "base/id.hpp"
#include "station/device_model/variable.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ladestrom::station {

struct Context;
class StatusReporter;

// 2.1 DataEnumType.
enum class ShownType : std::uint8_t {
    string,
    decimal,
    integer,
    date_time,
    boolean,
    option_list,
    sequence_list,
    member_list,
};

struct ShownVariable {
    std::string component;
    EvseId evse{0};              // 0: of the whole station
    bool of_connector = false;   // of the EVSE's one connector, 1
    std::string name, instance;  // instance of the variable; "" for none
    ShownType type = ShownType::string;
    std::string unit;
    std::optional<double> minimum, maximum;
    std::string values;  // that a list is made of, separated by commas
    Access access = Access::read_only;
    bool persistent = false;
    bool constant = false;
    std::optional<std::string> value;  // none: it may not be read
    std::optional<Variable> variable;  // of the registry
};

class Inventory {
public:
    Inventory(const Context& context, const StatusReporter& statuses) : context_(context), statuses_(statuses)
    {
    }

    std::vector<ShownVariable> all() const;

private:
    std::string text_of(const VariableRow& row) const;
    void add_registry(std::vector<ShownVariable>& all) const;
    void add_station(std::vector<ShownVariable>& all) const;
    void add_controllers(std::vector<ShownVariable>& all) const;
    void add_limits(std::vector<ShownVariable>& all) const;
    void add_evses(std::vector<ShownVariable>& all) const;

    const Context& context_;
    const StatusReporter& statuses_;
};

}  // namespace ladestrom::station
