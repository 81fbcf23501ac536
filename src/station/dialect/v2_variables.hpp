// The device model in OCPP 2.x messages: what is asked of variables, set, and reported.
#pragma once

#include "messages/v2/types.hpp"
#include "station/provisioning/inventory.hpp"
#include "station/provisioning/settings.hpp"

namespace ladestrom::station::v2_variables {

v2::ReportData report_of(const ShownVariable& variable);

// Names that were tolerated in a request may be none that an answer can carry.
bool can_be_told(const v2::Component& component, const v2::Variable& variable);

v2::GetVariableResult get(const v2::GetVariableData& asked, const std::vector<ShownVariable>& all);
v2::SetVariableResult set(const v2::SetVariableData& asked, const std::vector<ShownVariable>& all,
                          Settings& settings);

std::vector<ShownVariable> base_report(v2::ReportBase base, std::vector<ShownVariable> all);
std::vector<ShownVariable> custom_report(const v2::GetReportRequest& asked, std::vector<ShownVariable> all);

}  // namespace ladestrom::station::v2_variables
