// The connection to the backend: opened, and opened again with growing pauses.
#pragma once

#include "station/core/context.hpp"
#include "station/link/credentials.hpp"

#include <string>

namespace ladestrom::station {

class Link {
public:
    Link(Context& context, Credentials& credentials) : context_(context), credentials_(credentials) {}

    void start() { open(); }
    void up(OcppVersion version);
    void down(const LinkDown& input);
    // The backend is really there: the next failure starts with a short pause again.
    void proven() { failures_ = 0; }
    // Ends a connection that is of no use; a new one follows.
    void drop(const std::string& reason);
    // No connection any more.
    void finish() { finished_ = true; }
    void advance();
    void set_ping_interval();

    bool is_up() const { return state_ == State::up; }
    bool opening() const { return state_ == State::opening; }
    std::optional<OcppVersion> version() const { return is_up() ? version_ : std::nullopt; }
    const std::string& last_error() const { return last_error_; }
    std::optional<Tick> next_deadline() const;

private:
    enum class State { down, opening, up, closing };
    void open();

    Context& context_;
    Credentials& credentials_;
    State state_ = State::down;
    std::optional<OcppVersion> version_;
    std::string last_error_;
    int failures_ = 0;
    Tick retry_at_{};
    bool finished_ = false;
};

}  // namespace ladestrom::station
