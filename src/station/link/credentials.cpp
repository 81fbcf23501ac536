// The new password and the one before it.
#include "station/link/credentials.hpp"

namespace ladestrom::station {

void Credentials::recover(std::string_view value)
{
    const auto parsed = parse_value(VariableType::bytes, value);
    if (parsed) {
        previous_ = std::get<std::string>(*parsed);
    } else {
        context_.counters.add("journal.unreadable");
    }
}

void Credentials::keep_previous()
{
    previous_ = proven_.value_or(newest());
    newest_refused_ = false;
    changed_ = true;
    context_.records.put(std::string(key), print_value(VariableType::bytes, Value(*previous_)));
}

const std::string& Credentials::offer()
{
    offered_ = newest_refused_ && previous_ ? *previous_ : newest();
    return offered_;
}

void Credentials::accepted()
{
    proven_ = offered_;
    changed_ = false;
    // Equal while the new one is not durable yet: it is not proven by the old one.
    if (!previous_ || offered_ != newest() || offered_ == *previous_) return;
    previous_.reset();
    newest_refused_ = false;
    context_.records.erase(std::string(key));
}

void Credentials::refused(int http_status)
{
    if (http_status != 401 && http_status != 403) return;
    context_.counters.add("link.password_refused");
    if (previous_) newest_refused_ = !newest_refused_;
}

}  // namespace ladestrom::station
