// A backend for OCPP 1.6 in the test's own process: takes any station, answers every call, remembers all.
#pragma once

#include "messages/json.hpp"
#include "transport/websocket_server.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ladestrom::system_test {

class Backend final : public transport::WebSocketServer::Handler {
public:
    explicit Backend(transport::EventLoop& loop);

    std::string url(const std::string& identity) const;

    struct Call {
        std::string action;
        std::string payload;
        std::string station = {};  // identity of who called

        // A member of the payload, numbers as text; "" when absent.
        std::string text(const std::string& pointer) const;
        std::int64_t integer(const std::string& pointer) const;
    };
    const std::vector<Call>& calls() const { return calls_; }
    std::vector<Call> calls(const std::string& action) const;
    std::size_t count(const std::string& action) const { return calls(action).size(); }
    // Those of one of several stations.
    std::vector<Call> calls(const std::string& action, const std::string& station) const;
    std::size_t count(const std::string& action, const std::string& station) const
    {
        return calls(action, station).size();
    }

    // Answers of an action, instead of the usual ones.
    void answer(const std::string& action, std::string payload) { answers_[action] = std::move(payload); }
    // Id tags that are not accepted.
    void block(const std::string& token) { blocked_.push_back(token); }

    // Of the newest station to connect.
    const std::string& password() const { return password_; }
    bool connected() const { return socket_.has_value(); }
    // How many have ever knocked.
    int upgrades() const { return upgrades_; }
    // The backend's own call; the payload of the answer, or "error ..." once it is there. station: which one
    // of several; "" for the newest.
    void call(const std::string& action, const std::string& payload, const std::string& station = "");
    const std::optional<std::string>& result() const { return result_; }
    // Cuts the station off, without a word.
    void cut();

    void on_upgrade(transport::UpgradeRequest request) override;
    void on_frame(transport::SocketId socket, std::string_view text) override;
    void on_closed(transport::SocketId socket, const transport::Closed& closed) override;

private:
    std::string usual_answer(const Call& call);

    transport::WebSocketServer server_;
    std::uint16_t port_ = 0;
    std::optional<transport::SocketId> socket_;
    std::map<transport::SocketId, std::string> stations_;  // identities of those connected
    messages::JsonParser parser_;
    std::vector<Call> calls_;
    std::map<std::string, std::string> answers_;
    std::vector<std::string> blocked_;
    std::optional<std::string> result_;
    std::string password_;
    int upgrades_ = 0;
    int next_transaction_ = 100;
    int next_id_ = 0;
};

}  // namespace ladestrom::system_test
