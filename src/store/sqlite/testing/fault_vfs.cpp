// The failures and the power; the calls themselves are in vfs_calls.cpp.
#include "store/sqlite/testing/fault_vfs.hpp"

#include "store/sqlite/testing/vfs_calls.hpp"

#include <numeric>
#include <stdexcept>

namespace ladestrom::store::sqlite::testing {

std::string_view name_of(Call call)
{
    constexpr std::array<std::string_view, call_kinds> names{
        "open", "remove", "access", "read", "write", "truncate", "sync", "size", "lock", "shared_memory"};
    return names[static_cast<std::size_t>(call)];
}

int usual_failure(Call call)
{
    switch (call) {
        case Call::open: return SQLITE_CANTOPEN;
        case Call::remove: return SQLITE_IOERR_DELETE;
        case Call::access: return SQLITE_IOERR_ACCESS;
        case Call::read: return SQLITE_IOERR_READ;
        case Call::write: return SQLITE_IOERR_WRITE;
        case Call::truncate: return SQLITE_IOERR_TRUNCATE;
        case Call::sync: return SQLITE_IOERR_FSYNC;
        case Call::size: return SQLITE_IOERR_FSTAT;
        case Call::lock: return SQLITE_IOERR_LOCK;
        case Call::shared_memory: return SQLITE_IOERR_SHMMAP;
    }
    return SQLITE_IOERR;
}

FaultVfs::FaultVfs(std::uint64_t seed) : native_(std::make_unique<Native>()), random_(seed)
{
    static int count = 0;
    name_ = "fault-" + std::to_string(++count);
    native_->vfs = VfsCalls::table(*this);
    native_->vfs.zName = name_.c_str();
    // SQLite's own random numbers (salts of the write-ahead log) begin anew as well.
    sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, static_cast<int>(seed | 1), nullptr);
    if (sqlite3_vfs_register(&native_->vfs, 0) != SQLITE_OK) throw std::runtime_error("no file system");
}

FaultVfs::~FaultVfs()
{
    sqlite3_vfs_unregister(&native_->vfs);
}

std::uint64_t FaultVfs::calls() const
{
    return std::accumulate(calls_.begin(), calls_.end(), std::uint64_t{0});
}

std::uint64_t FaultVfs::failures() const
{
    return std::accumulate(failures_.begin(), failures_.end(), std::uint64_t{0});
}

void FaultVfs::add(Rule rule)
{
    rules_.push_back(rule);
}

int FaultVfs::failed(Call call, int code)
{
    ++failures_[static_cast<std::size_t>(call)];
    return code != 0 ? code : usual_failure(call);
}

int FaultVfs::enter(Call call)
{
    if (!powered_) return usual_failure(call);
    ++calls_[static_cast<std::size_t>(call)];
    if (calls_until_cut_ > 0 && --calls_until_cut_ == 0) {
        powered_ = false;
        return usual_failure(call);
    }
    std::optional<int> code;
    for (Rule& rule : rules_) {
        if (rule.call && *rule.call != call) continue;
        bool hit = rule.probability > 0 && random_.chance(rule.probability);
        if (rule.nth > 0 && --rule.nth == 0) {
            hit = true;
            if (rule.from_then_on) rule.nth = 1;
        }
        if (hit && !code) code = rule.code;
    }
    return code ? failed(call, *code) : SQLITE_OK;
}

bool FaultVfs::fits(const DiskFile& file, std::int64_t end) const
{
    return !space_ || end <= file.size() || used_bytes() + end - file.size() <= *space_;
}

void FaultVfs::cut_power(Random& random)
{
    powered_ = false;
    calls_until_cut_ = 0;
    disk_.cut_power(random);
    shared_.clear();
}

void FaultVfs::restore_power()
{
    powered_ = true;
    ++boot_;
}

}  // namespace ladestrom::store::sqlite::testing
