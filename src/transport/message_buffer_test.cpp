// Messages short and long, in pieces and at once; and what they leave behind.
#include "transport/message_buffer.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace ladestrom::transport {
namespace {

// As a connection does: whatever room there is, is filled.
std::string through(MessageBuffer& buffer, const std::string& message)
{
    for (std::size_t done = 0; done < message.size();) {
        auto const room = buffer.room(message.size() - done);
        std::size_t const bytes = std::min(room.size(), message.size() - done);
        std::memcpy(room.data(), message.data() + done, bytes);
        buffer.add(bytes);
        done += bytes;
        if (done < message.size()) buffer.expect_more();
    }
    std::string text(buffer.text());
    buffer.clear();
    return text;
}

std::size_t resident_pages(const void* from, std::size_t bytes)
{
    std::vector<unsigned char> pages((bytes + 4095) / 4096);
    EXPECT_EQ(::mincore(const_cast<void*>(from), bytes, pages.data()), 0);
    return static_cast<std::size_t>(
        std::count_if(pages.begin(), pages.end(), [](auto page) { return page & 1; }));
}

TEST(MessageBuffer, EveryMessageComesOutAsItCame)
{
    MessageBuffer lean;
    MessageBuffer whole;
    whole.make_whole(100'000);
    for (std::size_t size : {0u, 1u, 127u, 128u, 129u, 5u, 4'223u, 4'224u, 4'225u, 100'000u, 3u}) {
        std::string message(size, 'm');
        for (std::size_t i = 0; i < size; ++i) message[i] = static_cast<char>('a' + i % 26);
        EXPECT_EQ(through(lean, message), message);
        EXPECT_EQ(through(whole, message), message);
    }
}

TEST(MessageBuffer, AClaimedLengthIsNotAllocated)
{
    MessageBuffer lean;
    lean.add(lean.room(1'000'000).size());
    lean.expect_more();
    EXPECT_LE(lean.room(1'000'000).size(), 4096u);
}

TEST(MessageBuffer, WhatWasReadTakesAPageAfterwards)
{
    constexpr std::size_t most = 1 << 20;
    MessageBuffer whole;
    whole.make_whole(most);
    auto const room = whole.room(1);
    EXPECT_EQ(room.size(), most + 1) << "never full, for any message";
    EXPECT_EQ(resident_pages(room.data(), most), 0u);
    std::memset(room.data(), 'x', most / 2);
    whole.add(most / 2);
    EXPECT_GE(resident_pages(room.data(), most), most / 2 / 4096);
    whole.clear();
    EXPECT_EQ(resident_pages(room.data(), most), 1u) << "for the next one, mostly short";
}

}  // namespace
}  // namespace ladestrom::transport
