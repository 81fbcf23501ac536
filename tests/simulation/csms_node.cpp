#include "simulation/csms_node.hpp"

#include <fmt/format.h>

#include <utility>

namespace ladestrom::simulation {
namespace {

constexpr int most_calls_at_once = 5000;
constexpr Duration quick_answer_least{1}, quick_answer_most{20};

}  // namespace

std::string CsmsNode::Hasher::hash(const StationId& station, std::string_view password) const
{
    return "hash:" + station.value() + ":" + std::string(password);
}

bool CsmsNode::Hasher::matches(std::string_view stored, const StationId& station,
                               std::string_view password) const
{
    return stored == hash(station, password);
}

CsmsNode::CsmsNode(Surroundings& around, Network& network)
    : around_(around),
      network_(network),
      store_(around.options.store == Store::sqlite ? make_sqlite_ledger(around.random.next())
                                                   : make_memory_ledger(around.random.next()))
{
    const Faults& faults = around.options.faults;
    store_->set_faults({faults.ledger_fails, faults.ledger_outcome_lost, faults.load_fails});
}

void CsmsNode::start()
{
    if (core_) return;
    ++life_;
    around_.tell("csms", "starts");
    core_ = std::make_unique<csms::Csms>(csms::Options{.heartbeat_interval = seconds(3600)}, hasher_,
                                         around_.random.next());
    due_ = core_->next_deadline().value_or(Tick::max());
}

void CsmsNode::die()
{
    if (!core_) return;
    around_.tell("csms", "DIES");
    ++life_;
    for (const auto& [counter, count] : core_->counters().all()) counted_[counter] += count;
    core_.reset();
    due_ = Tick::max();
    store_->crash(around_.random);
    asked_ = 0;
    commands_.clear();
    seen_ids_.clear();
    network_.csms_died();
}

void CsmsNode::calm()
{
    calm_ = true;
    store_->set_faults({});
}

csms::Now CsmsNode::now() const
{
    return {around_.now(), around_.true_wall() + clock_error_};
}

// ---- inputs ---------------------------------------------------------------------------------------------

void CsmsNode::feed(csms::Input input)
{
    if (!core_) return;
    for (csms::Effects& effects : core_->handle(std::move(input), now())) carry_out(std::move(effects));
    due_ = core_->next_deadline().value_or(Tick::max());
    ask_store();
}

void CsmsNode::pass()
{
    if (called_at_ != around_.now()) calls_now_ = 0;
    called_at_ = around_.now();
    if (++calls_now_ > most_calls_at_once) {
        around_.violation("csms", "wants to be called for ever");
        die();
        return;
    }
    feed(csms::Wake{});
}

void CsmsNode::receive(csms::SocketId socket, const StationId& station, const std::string& frame)
{
    if (!core_) return;
    if (around_.chronicle.listening()) {
        around_.tell("csms", fmt::format("< {} ({}) {}", station.value(), socket, frame));
    }
    const FrameHead head = head_of(frame);
    const bool repeated =
        head.type == '2' && !seen_ids_.insert(station.value() + std::string(head.id)).second;
    if (repeated) around_.chronicle.count("a message id came again");
    if (repeated && around_.options.mistake == Mistake::duplicate_id_is_error) {
        network_.send(socket,
                      fmt::format(R"([4,"{}","ProtocolError","message id used before",{{}}])", head.id));
        return;
    }
    const bool forget = around_.options.mistake == Mistake::csms_books_every_retry;
    feed(csms::FrameReceived{socket, forget && head.action == "StartTransaction" ? as_if_new(frame) : frame});
}

// What makes a start the same start is hidden: it lies a little later each time it comes.
std::string CsmsNode::as_if_new(const std::string& frame)
{
    const auto at = frame.find("\"timestamp\":\"");
    if (at == std::string::npos) return frame;
    const auto begin = at + 13;
    const auto end = frame.find('"', begin);
    const auto time = parse_instant(frame.substr(begin, end - begin));
    if (!time) return frame;
    return frame.substr(0, begin) + format_instant(*time + Duration(++deliveries_)) + frame.substr(end);
}

void CsmsNode::socket_closed(csms::SocketId socket, const StationId& station, const std::string& reason)
{
    if (!core_) return;
    around_.tell("csms", fmt::format("socket {} of {} is gone: {}", socket, station.value(), reason));
    const auto before = core_->connection(station);
    const bool of_old = before && before->socket != socket;
    if (of_old) around_.chronicle.count("an old socket ended after the new one had come");
    const bool mistaken = of_old && around_.options.mistake == Mistake::old_close_removes_new;
    feed(csms::SocketClosed{mistaken ? before->socket : socket, reason});
    if (!core_ || !of_old) return;
    const auto after = core_->connection(station);
    if (!after || after->socket != before->socket) {
        around_.violation("csms", "the end of an old socket has removed the new one");
    }
}

void CsmsNode::command(csms::Input input, Done done)
{
    if (!core_) return;
    const csms::CommandId id = ++last_command_;
    commands_[id] = {std::move(done), {}};
    if (const auto* call = std::get_if<csms::CallCommand>(&input)) commands_[id].called = call->station;
    std::visit(
        [&](auto& any) {
            if constexpr (requires { any.command; }) any.command = id;
        },
        input);
    feed(std::move(input));
}

// ---- effects --------------------------------------------------------------------------------------------

void CsmsNode::carry_out(csms::Effects effects)
{
    if ((effects.batch != 0) == effects.writes.empty()) {
        around_.violation("csms", "a batch without writes, or writes without a batch");
    }
    if (!effects.writes.empty()) return commit(std::move(effects));
    for (csms::Action& action : effects.then) carry_out(action);
}

void CsmsNode::commit(csms::Effects effects)
{
    const bool early = around_.options.mistake == Mistake::csms_replies_before_commit;
    auto then = std::make_shared<std::vector<csms::Action>>(std::move(effects.then));
    const auto follow = [this, life = life_, batch = effects.batch, then](const Result<void>& result) {
        if (life != life_) return;
        if (!result) return feed(csms::CommitFailed{batch, result.error().message});
        for (csms::Action& action : *then) carry_out(action);
        feed(csms::Committed{batch});
    };
    store_->ledger().commit(std::move(effects.writes), [follow, early](const Result<void>& result) {
        if (!early) follow(result);
    });
    if (early) around_.timeline.after(Duration(0), [follow] { follow({}); });
}

// The store answers each request after a while, in an order of its own.
void CsmsNode::ask_store()
{
    for (; asked_ < store_->waiting(); ++asked_) {
        Duration time = around_.between(quick_answer_least, quick_answer_most);
        if (!calm_ && around_.random.chance(around_.options.faults.ledger_slow)) {
            around_.chronicle.count("fault.ledger_slow");
            time = around_.between(seconds(1), seconds(20));
        }
        around_.timeline.after(time, [this, life = life_] {
            if (life != life_) return;
            --asked_;
            store_->answer_one();
            ask_store();
        });
    }
}

template <class Answer>
auto CsmsNode::answering(csms::LoadId load)
{
    return [this, life = life_, load](auto result) {
        if (life == life_) feed(Answer{load, std::move(result)});
    };
}

void CsmsNode::load_token(const csms::LoadToken& load)
{
    const auto found = [this, life = life_, load](Result<std::optional<store::TokenRow>> row) {
        if (life != life_) return;
        if (!load.count_running || !row) return feed(csms::TokenLoaded{load.load, std::move(row), 0});
        store_->ledger().count_running(load.token,
                                       [this, life, load, row](const Result<std::int64_t>& running) {
                                           if (life != life_) return;
                                           if (!running)
                                               return feed(csms::TokenLoaded{load.load, running.error(), 0});
                                           feed(csms::TokenLoaded{load.load, row, *running});
                                       });
    };
    store_->ledger().load_token(load.token, found);
}

void CsmsNode::carry_out(csms::Action& action)
{
    std::visit(
        [this](auto& one) {
            using T = std::decay_t<decltype(one)>;
            if constexpr (std::is_same_v<T, csms::AcceptSocket>) {
                network_.accept(one.socket, one.subprotocol);
            } else if constexpr (std::is_same_v<T, csms::RefuseSocket>) {
                network_.refuse(one.socket, one.http_status);
            } else if constexpr (std::is_same_v<T, csms::SendFrame>) {
                network_.send(one.socket, one.text);
            } else if constexpr (std::is_same_v<T, csms::CloseSocket>) {
                network_.close(one.socket);
            } else if constexpr (std::is_same_v<T, csms::LoadStation>) {
                store_->ledger().load_station(one.station, answering<csms::StationLoaded>(one.load));
            } else if constexpr (std::is_same_v<T, csms::LoadToken>) {
                load_token(one);
            } else if constexpr (std::is_same_v<T, csms::LoadSession>) {
                store_->ledger().load_session(one.key, answering<csms::SessionLoaded>(one.load));
            } else if constexpr (std::is_same_v<T, csms::LoadTransaction>) {
                store_->ledger().load_transaction(one.station, one.transaction_id,
                                                  answering<csms::SessionLoaded>(one.load));
            } else if constexpr (std::is_same_v<T, csms::CommandDone>) {
                const auto asked = commands_.find(one.command);
                if (asked == commands_.end()) {
                    around_.violation("csms", fmt::format("command {} is answered twice", one.command));
                    return;
                }
                const bool given_up = one.status == csms::CommandStatus::no_answer;
                if (given_up && asked->second.called) network_.call_given_up(*asked->second.called);
                // Not inside the core's own turn.
                around_.timeline.after(
                    Duration(0), [done = std::move(asked->second.done), answer = one] { done(answer); });
                commands_.erase(asked);
            } else if constexpr (std::is_same_v<T, csms::Log>) {
                around_.tell("csms", one.text);
            }
        },
        action);
}

void CsmsNode::count_into(Chronicle& chronicle) const
{
    for (const auto& [counter, count] : counted_) chronicle.count("csms: " + counter, count);
    if (!core_) return;
    for (const auto& [counter, count] : core_->counters().all()) chronicle.count("csms: " + counter, count);
}

}  // namespace ladestrom::simulation
