// A disk in memory that forgets like a real one: what was written and not synced may be there after a power
// cut, or not, or in part.
//
// What is durable, as pessimistic as POSIX allows:
//   - writes and truncations: from the sync of their file on. Before, each of them alone may be kept, lost,
//   kept
//     up to a sector, or kept in some of its sectors; a later one may outlive an earlier one.
//   - a failed sync may have written some of it; what it did not write is still to be written by the next
//   one.
//     (Systems that forget it instead, and lose power later, break what SQLite builds on: not modelled.)
//   - a file's name, made or removed: from the sync of the directory or of the file so named on, as the
//   common file
//     systems do. Before, each may be kept or lost.
#pragma once

#include "base/random.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ladestrom::store::sqlite::testing {

constexpr std::int64_t sector_bytes = 512;

class DiskFile {
public:
    // What the processes see.
    std::int64_t size() const { return static_cast<std::int64_t>(content_.size()); }
    std::string_view content() const { return content_; }
    void write(std::int64_t offset, std::string_view bytes);
    void truncate(std::int64_t bytes);

    void sync();
    void fail_sync(Random& random);
    void cut_power(Random& random);

    // Behind everybody's back: a bit that the medium lost.
    void damage(std::int64_t offset, std::uint8_t flip);

private:
    struct Change {
        std::int64_t offset = 0;
        std::string bytes;
        std::optional<std::int64_t> size;  // a truncation
    };
    static void apply(std::string& content, const Change& change);
    void settle(Random& random, double keep);
    void keep_part(Random& random, const Change& change);

    std::string content_, durable_;
    std::vector<Change> unsynced_;
};

class Disk {
public:
    using File = std::shared_ptr<DiskFile>;

    File find(const std::string& name) const;
    File create(const std::string& name);
    void remove(const std::string& name);
    void sync_directory();
    void sync_name(const std::string& name);
    std::vector<std::string> names() const;

    std::int64_t used_bytes() const;
    void cut_power(Random& random);

private:
    struct NameChange {
        std::string name;
        File file;  // none: removed
    };
    static void apply(std::map<std::string, File>& directory, const NameChange& change);

    std::map<std::string, File> files_, durable_;
    std::vector<NameChange> unsynced_;
};

}  // namespace ladestrom::store::sqlite::testing
