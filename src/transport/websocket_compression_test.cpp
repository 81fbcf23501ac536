// Compressed messages: what is agreed to, that they arrive whole, bombs and broken ones. The other side of
// raw peers is zlib.
#include "transport/websocket_test_peers.hpp"

#include <zlib.h>

#include <memory>
#include <random>

namespace ladestrom::transport {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;
using testing::Not;

constexpr const char* offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
constexpr int compressed_text = 0x41;

// A message as it travels: without the last four bytes of its last, empty block.
std::string deflated(std::string_view text)
{
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, -11, 8, Z_DEFAULT_STRATEGY);
    std::string bytes(deflateBound(&stream, text.size()) + 16, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
    stream.avail_out = static_cast<uInt>(bytes.size());
    EXPECT_EQ(deflate(&stream, Z_SYNC_FLUSH), Z_OK);
    bytes.resize(stream.total_out - 4);
    deflateEnd(&stream);
    return bytes;
}

std::string inflated(std::string bytes)
{
    bytes.append("\x00\x00\xff\xff", 4);
    z_stream stream{};
    inflateInit2(&stream, -11);
    std::string text(1 << 20, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(text.data());
    stream.avail_out = static_cast<uInt>(text.size());
    EXPECT_EQ(inflate(&stream, Z_SYNC_FLUSH), Z_OK);
    text.resize(stream.total_out);
    inflateEnd(&stream);
    return text;
}

// Reads like meter values: words that come again, numbers that do not.
std::string meter_text(std::size_t size, unsigned seed)
{
    std::mt19937 random(seed);
    std::string text;
    while (text.size() < size) {
        text +=
            R"({"value":)" + std::to_string(random() % 100'000) + R"(,"measurand":"Power.Active.Import"},)";
    }
    text.resize(size);
    return text;
}

struct Agreed {
    explicit Agreed(EventLoop& loop, WebSocketLimits limits = {.closing = Duration(500)})
        : server(loop, limits)
    {
        server.compression = Compression::on;
    }
    std::uint64_t count(std::string_view counter) { return server.server.counters().get(counter); }

    ServerSide server;
};

TEST(WebSocketCompression, TheAnswerKeepsToTheOffer)
{
    EventLoop loop;
    Agreed side(loop);
    const std::map<std::string, std::string> answers{
        {"permessage-deflate",
         "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; "
         "server_max_window_bits=11\r\n"},
        {"x-other; a=1, permessage-deflate; client_max_window_bits; server_max_window_bits=15",
         "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; "
         "server_max_window_bits=11; client_max_window_bits=11\r\n"},
        {"permessage-deflate; client_max_window_bits=9; client_no_context_takeover; "
         "server_max_window_bits=10",
         "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; "
         "client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=9\r\n"},
    };
    for (const auto& [offered, answer] : answers) {
        Upgraded station(side.server, "Sec-WebSocket-Extensions: " + offered + "\r\n");
        EXPECT_THAT(station.head(), HasSubstr(answer)) << offered;
    }
    EXPECT_EQ(side.count("websocket.compressed"), 3u);
    for (const char* declined :
         {"permessage-deflate; server_max_window_bits=8", "permessage-deflate; unheard_of", "x-other",
          "permessage-deflate; client_max_window_bits=99", "permessage-deflate; server_max_window_bits",
          ";;;==,,"}) {
        Upgraded station(side.server, "Sec-WebSocket-Extensions: "s + declined + "\r\n");
        EXPECT_THAT(station.head(), Not(HasSubstr("Extensions"))) << declined;
    }
    side.server.compression = Compression::off;
    Upgraded off(side.server, offer);
    EXPECT_THAT(off.head(), Not(HasSubstr("Extensions")));
    off.peer.send(frame_text(compressed_text, deflated("not agreed to")));
    auto const socket = side.server.requests.back().socket;
    ASSERT_TRUE(side.server.wait([&] { return side.server.closed.contains(socket); }));
    EXPECT_EQ(side.server.closed.at(socket).reason, CloseReason::protocol_error);
    EXPECT_EQ(side.count("websocket.compressed"), 3u);
}

// Among them are messages that end just behind a full buffer, if they are read in pieces: Beast 1.81 then
// takes the next one for broken.
TEST(WebSocketCompression, MessagesOfAllSizesArriveBothWays)
{
    constexpr std::size_t everything = 16 << 20;
    EventLoop loop;
    Agreed side(loop, {.outbound_bytes = everything});
    side.server.frame = [&](SocketId socket, std::string_view text) {
        EXPECT_TRUE(side.server.server.send(socket, std::string(text)));
    };
    ClientSide client(loop, {.outbound_bytes = everything});
    client.client.connect(
        {.url = url(side.server.port), .subprotocols = {"ocpp2.1"}, .compression = Compression::on});
    ASSERT_TRUE(side.server.wait([&] { return client.settled(); }));
    std::vector<std::string> sent;
    for (std::size_t size = 0; size < 600; ++size) {
        sent.push_back(meter_text(size, 1));
        sent.push_back(std::string(size, 'x'));
        sent.push_back(std::string(4'000 + size, 'x'));
    }
    for (std::size_t size : {1535u, 1536u, 4095u, 4096u, 4097u, 65'535u, 65'536u, 200'000u, 256u * 1024u}) {
        sent.push_back(meter_text(size, 2));
        sent.push_back(std::string(size, 'x'));
    }
    for (const std::string& text : sent) ASSERT_TRUE(client.client.send(text));
    ASSERT_TRUE(side.server.wait([&] { return client.frames.size() == sent.size() || client.closed; }));
    // Not EXPECT_EQ, which would print megabytes.
    EXPECT_TRUE(side.server.frames == sent) << side.server.frames.size() << " of " << sent.size();
    EXPECT_TRUE(client.frames == sent) << client.frames.size() << " of " << sent.size();
    EXPECT_FALSE(client.closed) << client.closed->text;
    EXPECT_EQ(side.count("websocket.compressed"), 1u);
    EXPECT_EQ(client.client.counters().get("websocket.compressed"), 1u);
}

TEST(WebSocketCompression, LongMessagesAreCompressedEachByItselfAndLeaveInOneFrame)
{
    EventLoop loop;
    Agreed side(loop);
    Upgraded station(side.server, offer);
    auto const frame_of = [&](const std::string& text) {
        std::size_t const before = station.frames().size();
        EXPECT_TRUE(side.server.server.send(side.server.requests[0].socket, text));
        EXPECT_TRUE(side.server.server.send(side.server.requests[0].socket, "."));
        EXPECT_TRUE(side.server.wait(
            [&] { return station.frames().size() > before + 3 && station.frames().ends_with("\x81\x01."); }));
        return station.frames().substr(before, station.frames().size() - before - 3);
    };
    EXPECT_EQ(frame_of("short"), "\x81\x05short");
    std::string const text = meter_text(200'000, 3);
    std::string const first = frame_of(text);
    EXPECT_LT(first.size(), text.size() / 3);
    EXPECT_EQ(first.substr(0, 2), "\xc1\x7e");
    EXPECT_EQ(first.size(),
              4u + static_cast<unsigned char>(first[2]) * 256u + static_cast<unsigned char>(first[3]));
    EXPECT_EQ(inflated(first.substr(4)), text);
    // The length does not tell that it was said before.
    EXPECT_EQ(frame_of(text), first);
}

// Attack 8: a few hundred bytes that inflate to more than any message may hold.
TEST(WebSocketCompression, ABombIsClosedWith1009)
{
    for (std::size_t size : {256u * 1024u + 1u, 100u * 1024u * 1024u}) {
        EventLoop loop;
        Agreed side(loop);
        std::string const bomb = deflated(std::string(size, 'x'));
        ASSERT_LT(bomb.size(), size / 500);
        for (bool fragmented : {false, true}) {
            Upgraded station(side.server, offer);
            station.peer.send(fragmented ? frame_text(compressed_text, bomb.substr(0, 10), false) +
                                               frame_text(0, bomb.substr(10))
                                         : frame_text(compressed_text, bomb));
            ASSERT_TRUE(side.server.wait([&] { return station.peer.ended(); }));
            EXPECT_EQ(station.close_code(), 1009);
        }
        EXPECT_EQ(side.count("websocket.violation.message_too_big"), 2u);
        EXPECT_TRUE(side.server.frames.empty());
    }
}

TEST(WebSocketCompression, ABrokenMessageEndsItsConnectionOnly)
{
    EventLoop loop;
    Agreed side(loop);
    Upgraded witness(side.server, offer);
    std::size_t broken = 0;
    for (const std::string& bytes : {"\x07"s /* no such kind of block */, "\xff\xff\xff\xff"s,
                                     "\x00\x05\x00\x05\x00hello"s /* a length and its complement */,
                                     "\x02\x0f\x00"s /* a match before the beginning */}) {
        Upgraded station(side.server, offer);
        station.peer.send(frame_text(compressed_text, bytes));
        ASSERT_TRUE(side.server.wait([&] { return side.server.closed.size() > broken; })) << broken;
        EXPECT_EQ(side.server.closed.at(side.server.requests.back().socket).reason,
                  CloseReason::bad_compression);
        EXPECT_EQ(side.count("websocket.violation.compression"), ++broken);
        EXPECT_TRUE(side.server.wait([&] { return station.peer.ended(); }));
    }
    EXPECT_TRUE(side.server.frames.empty());
    witness.peer.send(frame_text(compressed_text, deflated("still here")));
    ASSERT_TRUE(side.server.wait([&] { return !side.server.frames.empty(); }));
    EXPECT_EQ(side.server.frames[0], "still here");
}

// Whatever a few wrong bits make of a message, it is delivered or its connection ends.
TEST(WebSocketCompression, DamagedMessagesDoNoHarm)
{
    EventLoop loop;
    Agreed side(loop);
    std::string const whole = deflated(meter_text(2'000, 4));
    std::mt19937 random(5);
    for (int i = 0; i < 300; ++i) {
        std::string damaged = whole.substr(0, i % 3 == 0 ? random() % whole.size() : whole.size());
        for (int flips = i % 4; flips > 0 && !damaged.empty(); --flips) {
            damaged[random() % damaged.size()] ^= static_cast<char>(1u << random() % 8);
        }
        std::size_t const heard = side.server.frames.size() + side.server.closed.size();
        Upgraded station(side.server, offer);
        station.peer.send(frame_text(compressed_text, damaged));
        ASSERT_TRUE(side.server.wait([&] {
            return side.server.frames.size() + side.server.closed.size() > heard;
        })) << i;
    }
    EXPECT_GT(side.count("websocket.violation.compression"), 50u);
}

}  // namespace
}  // namespace ladestrom::transport
