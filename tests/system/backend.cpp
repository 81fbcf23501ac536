// Just enough of a backend for a station to be happy.
#include "backend.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace ladestrom::system_test {
namespace {

std::string time_now()
{
    return format_instant(
        Instant(std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch())));
}

}  // namespace

Backend::Backend(transport::EventLoop& loop) : server_(loop, *this, transport::WebSocketLimits{}, {})
{
    auto port = server_.listen({});
    if (!port) throw std::runtime_error(port.error().message);
    port_ = *port;
}

std::string Backend::url(const std::string& identity) const
{
    return "ws://127.0.0.1:" + std::to_string(port_) + "/ocpp/" + identity;
}

std::string Backend::Call::text(const std::string& pointer) const
{
    messages::JsonParser parser;
    auto json = parser.parse(payload);
    if (!json) return {};
    simdjson::dom::element found;
    if (json->at_pointer(pointer).get(found)) return {};
    std::string_view text;
    return found.get(text) ? messages::to_text(found) : std::string(text);
}

std::int64_t Backend::Call::integer(const std::string& pointer) const
{
    std::string found = text(pointer);
    return found.empty() ? -1 : std::stoll(found);
}

std::vector<Backend::Call> Backend::calls(const std::string& action) const
{
    std::vector<Call> found;
    std::copy_if(calls_.begin(), calls_.end(), std::back_inserter(found),
                 [&](const Call& call) { return call.action == action; });
    return found;
}

std::vector<Backend::Call> Backend::calls(const std::string& action, const std::string& station) const
{
    std::vector<Call> found = calls(action);
    std::erase_if(found, [&](const Call& call) { return call.station != station; });
    return found;
}

std::string Backend::usual_answer(const Call& call)
{
    std::string tag = call.text("/idTag");
    bool blocked = std::find(blocked_.begin(), blocked_.end(), tag) != blocked_.end();
    std::string status = blocked ? "Blocked" : "Accepted";
    if (auto found = answers_.find(call.action); found != answers_.end()) return found->second;
    if (call.action == "BootNotification") {
        return R"({"status":"Accepted","interval":300,"currentTime":")" + time_now() + "\"}";
    }
    if (call.action == "Heartbeat") return R"({"currentTime":")" + time_now() + "\"}";
    if (call.action == "Authorize") return R"({"idTagInfo":{"status":")" + status + "\"}}";
    if (call.action == "StartTransaction") {
        return R"({"transactionId":)" + std::to_string(next_transaction_++) + R"(,"idTagInfo":{"status":")" +
               status + "\"}}";
    }
    if (call.action == "DataTransfer") return R"({"status":"Accepted"})";
    return "{}";
}

void Backend::on_upgrade(transport::UpgradeRequest request)
{
    password_ = request.credentials ? request.credentials->password : "";
    ++upgrades_;
    if (!server_.accept(request.socket, "ocpp1.6")) return;
    socket_ = request.socket;
    stations_[request.socket] = request.identity;
}

void Backend::on_frame(transport::SocketId socket, std::string_view text)
{
    auto json = parser_.parse(text);
    simdjson::dom::array frame;
    if (!json || json->get(frame)) throw std::runtime_error("not a frame: " + std::string(text));
    auto type = frame.at(0).get_int64().value();
    std::string id(frame.at(1).get_string().value());
    if (type != 2) {
        result_ = type == 3 ? messages::to_text(frame.at(2)) : "error " + std::string(text);
        return;
    }
    Call call{std::string(frame.at(2).get_string().value()), messages::to_text(frame.at(3)),
              stations_[socket]};
    calls_.push_back(call);
    server_.send(socket, "[3,\"" + id + "\"," + usual_answer(call) + "]");
}

void Backend::on_closed(transport::SocketId socket, const transport::Closed& /*closed*/)
{
    stations_.erase(socket);
    if (socket_ == socket) socket_.reset();
}

void Backend::call(const std::string& action, const std::string& payload, const std::string& station)
{
    result_.reset();
    std::optional<transport::SocketId> to = station.empty() ? socket_ : std::nullopt;
    for (const auto& [socket, identity] : stations_) {
        if (identity == station) to = socket;
    }
    if (!to) throw std::runtime_error("no station is connected");
    server_.send(*to, "[2,\"b" + std::to_string(++next_id_) + "\",\"" + action + "\"," + payload + "]");
}

void Backend::cut()
{
    if (socket_) server_.abort(*socket_);
}

}  // namespace ladestrom::system_test
