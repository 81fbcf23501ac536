// A file system for SQLite that lives in memory and does what disks do on their worst days: any call fails,
// space runs out, power goes in the midst of a write, a sync is a lie. Everything repeats from its seed.
//
//   FaultVfs vfs(seed);
//   auto journal = SqliteJournal::open({.path = "journal.db", .vfs = vfs.name()});
//   vfs.cut_power_at(17);             // the 17th call from now is the last that this process makes
//   ... commit until it fails ...
//   vfs.cut_power(random);            // what was not synced is kept, lost or torn
//   journal.reset();                  // the dead process's handles reach nothing any more
//   vfs.restore_power();
//
// The connections of one FaultVfs share one thread. It outlives them.
#pragma once

#include "store/sqlite/testing/disk.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace ladestrom::store::sqlite::testing {

// The calls that can fail. `lock` and `shared_memory` do not count releases: those cannot fail.
enum class Call : std::uint8_t {
    open,
    remove,
    access,
    read,
    write,
    truncate,
    sync,
    size,
    lock,
    shared_memory
};
constexpr std::size_t call_kinds = 10;
std::string_view name_of(Call call);
// What such a call fails with when it is not told.
int usual_failure(Call call);

class FaultVfs {
public:
    explicit FaultVfs(std::uint64_t seed = 1);
    ~FaultVfs();
    FaultVfs(const FaultVfs&) = delete;
    FaultVfs& operator=(const FaultVfs&) = delete;

    // For OpenOptions::vfs and the like; another one for each instance.
    const std::string& name() const { return name_; }

    // ---- failures: a rule applies to calls of its kind, or to all
    struct Rule {
        std::optional<Call> call;
        std::uint64_t nth = 0;      // counted from now, 1 is the next; 0: no such call
        bool from_then_on = false;  // the nth and every later one
        double probability = 0;     // of each call
        int code = 0;               // 0: usual_failure
    };
    void add(Rule rule);
    void clear_rules() { rules_.clear(); }

    std::uint64_t calls(Call call) const { return calls_[static_cast<std::size_t>(call)]; }
    std::uint64_t calls() const;
    std::uint64_t failures(Call call) const { return failures_[static_cast<std::size_t>(call)]; }
    std::uint64_t failures() const;

    // ---- power
    // The nth call from now is cut short, and nothing works after it.
    void cut_power_at(std::uint64_t nth) { calls_until_cut_ = nth; }
    bool powered() const { return powered_; }
    void cut_power(Random& random);
    // A new process may begin: handles from before stay dead, content is what has survived.
    void restore_power();

    // ---- space, in bytes over all files
    void limit_space(std::optional<std::int64_t> bytes) { space_ = bytes; }
    std::int64_t used_bytes() const { return disk_.used_bytes(); }

    // ---- mistakes, to prove that tests notice them
    // True: this sync of this file is reported as done, and not done. The number counts all syncs from 1.
    using SyncFilter = std::function<bool(std::string_view file, std::uint64_t number)>;
    void ignore_syncs(SyncFilter filter) { ignore_sync_ = std::move(filter); }
    // Every later `PRAGMA synchronous=...` means this: '0' OFF, '1' NORMAL.
    void weaken_synchronous(char level) { synchronous_ = level; }

    Disk& disk() { return disk_; }

private:
    friend struct VfsCalls;
    struct Handle;
    struct SharedMemory;

    // What this call does instead of its work: SQLITE_OK, or a failure.
    int enter(Call call);
    int failed(Call call, int code);
    bool fits(const DiskFile& file, std::int64_t end) const;
    SharedMemory& shared_memory(Handle& handle);

    struct Native;
    std::unique_ptr<Native> native_;
    std::string name_;
    Random random_;
    Disk disk_;
    std::vector<Rule> rules_;
    std::array<std::uint64_t, call_kinds> calls_{}, failures_{};
    std::uint64_t calls_until_cut_ = 0;
    bool powered_ = true;
    std::uint64_t boot_ = 1;  // handles belong to one
    std::optional<std::int64_t> space_;
    SyncFilter ignore_sync_;
    std::optional<char> synchronous_;
    std::uint64_t syncs_ = 0;
    std::set<Handle*> handles_;
    std::map<DiskFile*, std::shared_ptr<SharedMemory>> shared_;
};

}  // namespace ladestrom::store::sqlite::testing
