#include "state.hpp"

#include "crypto/secret_file.hpp"

#include <filesystem>
#include <system_error>

namespace ladestrom::app {
namespace {

StartError store_error(std::string message)
{
    return StartError{{std::move(message)}, ExitCode::store};
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
    // The store first: its lock tells apart "in use" from everything else.
    auto thread = store::sqlite::LedgerThread::open(configuration.database);
    if (!thread) return store_error(thread.error().message);
    auto secret = crypto::load_or_make_secret((directory / "server-secret").string());
    if (!secret) return store_error(secret.error().message);
    return State{crypto::KeyedHash(std::move(*secret)), std::move(*thread)};
}

}  // namespace ladestrom::app
