#include "state.hpp"

#include "crypto/secret_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

namespace ladestrom::app {
namespace {

StartError store_error(std::string message)
{
    return StartError{{std::move(message)}, ExitCode::store};
}

// The database is readable by its owner alone, wherever it lies and whoever made it; what SQLite puts beside
// it follows its rights.
StartResult<void> keep_to_owner(const std::string& database)
{
    struct stat found {};
    if (::stat(database.c_str(), &found) != 0) {
        // Failing is left to the store, which says it better.
        const int made = ::open(database.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
        if (made >= 0) ::close(made);
        return {};
    }
    const bool open_to_others = (found.st_mode & (S_IRWXG | S_IRWXO)) != 0;
    if (open_to_others && ::chmod(database.c_str(), S_IRUSR | S_IWUSR) != 0) {
        return store_error(database + ": others may read it, and that cannot be changed; run as its owner");
    }
    for (const char* beside : {"-wal", "-shm"}) {
        std::error_code ignored;  // mostly not there
        std::filesystem::permissions(database + beside,
                                     std::filesystem::perms::owner_read | std::filesystem::perms::owner_write,
                                     ignored);
    }
    return {};
}

}  // namespace

StartResult<State> open_state(const CsmsConfiguration& configuration)
{
    const std::filesystem::path directory(configuration.state_directory);
    std::error_code error;
    if (!std::filesystem::is_directory(directory, error)) {
        std::filesystem::create_directories(directory, error);
        if (error) {
            return store_error(directory.string() + ": the state directory cannot be made (" +
                               error.message() +
                               "); make it, or set state_directory to a place that can be written");
        }
        // It holds hashes and personal data.
        std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
    }
    if (auto kept = keep_to_owner(configuration.database); !kept) return kept.error();
    // The store first: its lock tells apart "in use" from everything else.
    auto thread = store::sqlite::LedgerThread::open(configuration.database);
    if (!thread) return store_error(thread.error().message);
    auto secret = crypto::load_or_make_secret((directory / "server-secret").string());
    if (!secret) return store_error(secret.error().message);
    return State{crypto::KeyedHash(std::move(*secret)), std::move(*thread)};
}

}  // namespace ladestrom::app
