// Hides station passwords in frames before people see them: 1.6 AuthorizationKey, 2.x BasicAuthPassword.
#pragma once

#include <string>
#include <string_view>

namespace ladestrom::csms {

// The frame, with the value of every password setting replaced.
std::string without_secrets(std::string_view frame);

}  // namespace ladestrom::csms
