#include "store/sqlite/testing/disk.hpp"

#include <algorithm>
#include <utility>

namespace ladestrom::store::sqlite::testing {

// ---- a file -------------------------------------------------------------------------------------------

void DiskFile::apply(std::string& content, const Change& change)
{
    if (change.size) {
        content.resize(static_cast<std::size_t>(*change.size));
        return;
    }
    const auto offset = static_cast<std::size_t>(change.offset);
    if (content.size() < offset + change.bytes.size()) content.resize(offset + change.bytes.size());
    content.replace(offset, change.bytes.size(), change.bytes);
}

void DiskFile::write(std::int64_t offset, std::string_view bytes)
{
    unsynced_.push_back({offset, std::string(bytes), {}});
    apply(content_, unsynced_.back());
}

void DiskFile::truncate(std::int64_t bytes)
{
    unsynced_.push_back({0, {}, bytes});
    apply(content_, unsynced_.back());
}

void DiskFile::sync()
{
    for (const Change& change : unsynced_) apply(durable_, change);
    unsynced_.clear();
}

void DiskFile::fail_sync(Random& random)
{
    for (const Change& change : unsynced_) {
        if (random.chance(0.4)) apply(durable_, change);
    }
}

void DiskFile::cut_power(Random& random)
{
    // Some cuts take everything that was not synced, some nothing: either finds mistakes of its own.
    const double keeps[] = {0.0, 0.1, 0.5, 0.5, 0.9, 1.0};
    settle(random, keeps[random.below(std::size(keeps))]);
    content_ = durable_;
}

void DiskFile::settle(Random& random, double keep)
{
    for (const Change& change : unsynced_) {
        if (random.chance(keep)) {
            apply(durable_, change);
        } else if (keep > 0 && !change.size && random.chance(0.5)) {
            keep_part(random, change);
        }
    }
    unsynced_.clear();
}

void DiskFile::keep_part(Random& random, const Change& change)
{
    const auto end = change.offset + static_cast<std::int64_t>(change.bytes.size());
    // The length of a file may be durable before its content.
    if (random.chance(0.3)) durable_.resize(std::max(durable_.size(), static_cast<std::size_t>(end)));
    const bool prefix = random.chance(0.5);
    for (std::int64_t from = change.offset; from < end;) {
        const std::int64_t to = std::min(end, (from / sector_bytes + 1) * sector_bytes);
        if (random.chance(0.5)) {
            const auto start = static_cast<std::size_t>(from - change.offset);
            apply(durable_, {from, change.bytes.substr(start, static_cast<std::size_t>(to - from)), {}});
        } else if (prefix) {
            return;
        }
        from = to;
    }
}

void DiskFile::damage(std::int64_t offset, std::uint8_t flip)
{
    const auto at = static_cast<std::size_t>(offset);
    content_[at] = static_cast<char>(static_cast<std::uint8_t>(content_[at]) ^ flip);
    durable_ = content_;
    unsynced_.clear();
}

// ---- the directory ------------------------------------------------------------------------------------

void Disk::apply(std::map<std::string, File>& directory, const NameChange& change)
{
    if (change.file) {
        directory[change.name] = change.file;
    } else {
        directory.erase(change.name);
    }
}

Disk::File Disk::find(const std::string& name) const
{
    const auto found = files_.find(name);
    return found == files_.end() ? nullptr : found->second;
}

Disk::File Disk::create(const std::string& name)
{
    unsynced_.push_back({name, std::make_shared<DiskFile>()});
    apply(files_, unsynced_.back());
    return unsynced_.back().file;
}

void Disk::remove(const std::string& name)
{
    unsynced_.push_back({name, nullptr});
    apply(files_, unsynced_.back());
}

void Disk::sync_directory()
{
    for (const NameChange& change : unsynced_) apply(durable_, change);
    unsynced_.clear();
}

void Disk::sync_name(const std::string& name)
{
    for (const NameChange& change : unsynced_) {
        if (change.name == name) apply(durable_, change);
    }
    std::erase_if(unsynced_, [&name](const NameChange& change) { return change.name == name; });
}

std::vector<std::string> Disk::names() const
{
    std::vector<std::string> names;
    for (const auto& [name, file] : files_) names.push_back(name);
    return names;
}

std::int64_t Disk::used_bytes() const
{
    std::int64_t sum = 0;
    for (const auto& [name, file] : files_) sum += file->size();
    return sum;
}

void Disk::cut_power(Random& random)
{
    for (const NameChange& change : std::exchange(unsynced_, {})) {
        if (random.chance(0.5)) apply(durable_, change);
    }
    files_ = durable_;
    for (const auto& [name, file] : files_) file->cut_power(random);
}

}  // namespace ladestrom::store::sqlite::testing
