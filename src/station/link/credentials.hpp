// Which password the next connection offers. After a change of AuthorizationKey the backend may not have got
// our answer and so may still want the one before (2.x: A01.FR.04): that one is kept, and the two take turns
// after each refusal, until a connection with the new one was opened.
#pragma once

#include "station/core/context.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace ladestrom::station {

class Credentials {
public:
    explicit Credentials(Context& context) : context_(context) {}

    void recover(std::string_view value);
    // Whether another change may be taken: one on each connection. Which of more than two passwords the
    // backend knows could not be told, were all answers lost.
    bool may_change() const { return !changed_; }
    // AuthorizationKey is being changed, in the batch that is being gathered.
    void keep_previous();
    // The change could not be stored.
    void taken_back() { changed_ = false; }

    // For the connection that is being opened; empty: no authentication.
    const std::string& offer();
    // The connection was opened, or refused by HTTP with this status.
    void accepted();
    void refused(int http_status);

    static constexpr std::string_view key = "password/previous";

private:
    const std::string& newest() const { return context_.registry.text(Variable::basic_auth_password); }

    Context& context_;
    std::optional<std::string> previous_;  // empty text: none was set
    std::optional<std::string> proven_;    // what the backend last let us in with
    std::string offered_;
    bool newest_refused_ = false;
    bool changed_ = false;  // since the connection was opened
};

}  // namespace ladestrom::station
