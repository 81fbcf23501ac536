// Where a connection's messages are read into, one after the other.
#pragma once

#include <boost/asio/buffer.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace ladestrom::transport {

// Lean at first: most messages fit into the object, long ones get room as they come. make_whole() is for
// messages that may be compressed.
class MessageBuffer {
public:
    // From now on there is room for a message of any allowed length at once. Beast 1.81 corrupts its inflater
    // when a buffer is full just where a compressed message ends (boostorg/beast issue 3028). The room is
    // address space: what a message has written takes memory until clear(), its first page longer. To be
    // called before the first message.
    void make_whole(std::size_t message_bytes_max);

    // For the next read; expected_bytes is a hint.
    boost::asio::mutable_buffer room(std::size_t expected_bytes);
    void add(std::size_t bytes);
    // What was added is not the whole message.
    void expect_more();
    std::string_view text() const;
    void clear();

private:
    struct Unmap {
        std::size_t bytes;
        void operator()(char* pages) const;
    };

    // Most calls fit; an idle connection holds nothing more.
    std::array<char, 128> small_;
    std::string long_;
    std::unique_ptr<char, Unmap> whole_;
    std::size_t used_ = 0;
    bool is_long_ = false;
};

}  // namespace ladestrom::transport
