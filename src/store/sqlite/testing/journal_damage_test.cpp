// Every byte of a journal's file, damaged: it is noticed or harmless, what is sound is read, and the process
// lives.
#include "store/sqlite/journal_salvage.hpp"
#include "store/sqlite/testing/promise.hpp"
#include "store/sqlite/testing/stores.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

namespace ladestrom::store::sqlite::testing {
namespace {

Content some_records()
{
    Content content;
    for (int i = 0; i < 24; ++i) {
        const std::string number = std::to_string(100 + i);
        content["fact/" + number] = std::string(40, static_cast<char>('a' + i)) + number;
        content["session/" + number] = std::string(i == 7 ? 9000 : 150, static_cast<char>('A' + i)) + number;
    }
    return content;
}

// The file of a journal that was closed in order.
std::string image_of(const Content& content)
{
    FaultVfs vfs;
    auto journal = open_journal(vfs, 0);
    Batch batch;
    for (const auto& [key, value] : content) batch.push_back({key, value});
    (*journal)->commit(batch, [](const Result<void>& done) { EXPECT_TRUE(done); });
    journal->reset();
    return std::string(vfs.disk().find("journal.db")->content());
}

enum class Outcome { harmless, noticed, refused, wrong };

struct Seen {
    Outcome outcome = Outcome::wrong;
    std::string what{};
};

Seen open_damaged(const std::string& image, std::size_t at, std::uint8_t flip, const Content& content)
{
    FaultVfs vfs;
    auto file = vfs.disk().create("journal.db");
    file->write(0, image);
    file->damage(static_cast<std::int64_t>(at), flip);
    vfs.disk().sync_directory();
    // Only for damage of the page that says what the file is. That stays as it was, for people.
    const auto refused = [at](const std::string& message) {
        const bool clear = message.starts_with("journal.db: ") && at < 4096;
        return Seen{clear ? Outcome::refused : Outcome::wrong, message};
    };
    auto journal = open_journal(vfs, 0);
    if (!journal) return refused(journal.error().message);
    const auto loaded = (*journal)->load();
    if (!loaded) return refused(loaded.error().message);
    for (const Record& record : *loaded) {
        const auto found = content.find(record.key);
        if (found == content.end() || found->second != record.value) return {Outcome::wrong, "invented"};
    }
    if (loaded->size() + 1 < content.size()) return {Outcome::wrong, "more lost than the byte's own record"};
    if (loaded->size() < content.size() && (*journal)->damaged() == 0) return {Outcome::wrong, "not noticed"};
    // Life goes on, and finds the same again.
    Result<void> kept = Error{"not reported"};
    (*journal)->commit({{"new", "record"}}, [&](Result<void> done) { kept = std::move(done); });
    (*journal)->poll();
    if (!kept) return refused(kept.error().message);
    journal->reset();
    journal = open_journal(vfs, 0);
    const auto again = journal ? (*journal)->load() : Result<Batch>(Error{"does not open again"});
    if (!again || again->size() != loaded->size() + 1) return {Outcome::wrong, "does not go on"};
    return {(*journal)->damaged() == 0 ? Outcome::harmless : Outcome::noticed};
}

TEST(JournalDamage, OfAnyByteIsNoticedOrHarmlessAndCostsAtMostItsOwnRecord)
{
    const Content content = some_records();
    const std::string image = image_of(content);
    std::map<Outcome, int> outcomes;
    // A stride that is prime to every size in the file meets each kind of byte; what holds the structure
    // together (the first bytes of each page) is met byte by byte.
    for (std::size_t at = 0; at < image.size(); at += at % 4096 < 64 ? 1 : 101) {
        const auto flip = static_cast<std::uint8_t>(at % 3 == 0 ? 0xFF : 1 << at % 8);
        const Seen seen = open_damaged(image, at, flip, content);
        ++outcomes[seen.outcome];
        ASSERT_NE(seen.outcome, Outcome::wrong) << "byte " << at << ": " << seen.what;
    }
    EXPECT_GT(outcomes[Outcome::harmless], 100);
    EXPECT_GT(outcomes[Outcome::noticed], 100);
    EXPECT_GT(outcomes[Outcome::refused], 10);
}

TEST(JournalDamage, AFileThatDoesNotHoldTogetherIsKeptBesideItsSuccessor)
{
    const Content content = some_records();
    std::string image = image_of(content);
    // The roots of every tree.
    for (std::size_t page = 1; page < 5; ++page) image.replace(page * 4096, 8, std::string(8, '\xFF'));
    FaultVfs vfs;
    vfs.disk().create("journal.db")->write(0, image);
    auto journal = open_journal(vfs, 0);
    ASSERT_TRUE(journal) << journal.error().message;
    const auto loaded = (*journal)->load();
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(content_of(*loaded), content) << "each row proves itself";
    EXPECT_EQ((*journal)->damaged(), 1U);
    ASSERT_TRUE(vfs.disk().find("journal.db.damaged"));
    EXPECT_EQ(vfs.disk().find("journal.db.damaged")->content().substr(0, 8192), image.substr(0, 8192));
}

TEST(JournalDamage, WhatWasErasedIsNotFoundAgain)
{
    FaultVfs vfs;
    auto journal = open_journal(vfs, 0);
    Batch batch, erasure;
    for (const auto& [key, value] : some_records()) {
        batch.push_back({key, value});
        if (key != "fact/105") erasure.push_back({key, std::nullopt});
    }
    for (const Batch& one : {batch, erasure}) (*journal)->commit(one, [](const Result<void>&) {});
    journal->reset();
    EXPECT_EQ(salvage_records(vfs.disk().find("journal.db")->content()).size(), 1U);
}

}  // namespace
}  // namespace ladestrom::store::sqlite::testing
