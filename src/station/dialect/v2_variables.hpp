// The device model in OCPP 2.x messages: what is asked of variables, set, and reported.
#pragma once

#include "messages/v2/types.hpp"
#include "station/provisioning/inventory.hpp"
#include "station/provisioning/settings.hpp"

namespace ladestrom::station::v2_variables {

v2::ReportData report_of(const ShownVariable& variable);

v2::GetVariableResult get(const v2::GetVariableData& asked, const std::vector<ShownVariable>& all);
v2::SetVariableResult set(const v2::SetVariableData& asked, const std::vector<ShownVariable>& all,
                          Settings& settings);

std::vector<ShownVariable> base_report(v2::ReportBase base, std::vector<ShownVariable> all);
std::vector<ShownVariable> custom_report(const v2::GetReportRequest& asked, std::vector<ShownVariable> all);

}  // namespace ladestrom::station::v2_variables
