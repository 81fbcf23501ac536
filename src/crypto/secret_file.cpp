#include "crypto/secret_file.hpp"

#include "crypto/random_token.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace ladestrom::crypto {
namespace {

constexpr std::size_t secret_bytes = 32;

class File {
public:
    File(const std::string& path, int flags) : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
    ~File()
    {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    bool is_open() const { return descriptor_ >= 0; }
    int descriptor() const { return descriptor_; }

private:
    int descriptor_;
};

Error failed(const std::string& path, const char* what)
{
    return Error{path + ": " + what + " (" + std::strerror(errno) + ")"};
}

Result<std::string> read_secret(const std::string& path)
{
    const File file(path, O_RDONLY);
    if (!file.is_open()) return failed(path, "cannot be read; give this user the right to");
    struct stat status {};
    if (::fstat(file.descriptor(), &status) != 0) return failed(path, "cannot be looked at");
    if ((status.st_mode & 077) != 0) {
        return Error{path + ": others may read the server's secret; run chmod 600 on it"};
    }
    std::string secret(secret_bytes + 1, '\0');
    const ssize_t size = ::read(file.descriptor(), secret.data(), secret.size());
    if (size != static_cast<ssize_t>(secret_bytes)) {
        return Error{path +
                     ": is not a secret of 32 bytes; restore it from a backup, or remove it and set every "
                     "station's password anew"};
    }
    secret.resize(secret_bytes);
    return {boost::system::in_place_value, std::move(secret)};
}

// Written beside and linked into place: a power cut leaves the whole secret or none.
Result<void> make_secret(const std::string& path)
{
    const std::string draft = path + ".new";
    ::unlink(draft.c_str());
    {
        const File file(draft, O_WRONLY | O_CREAT | O_EXCL);
        if (!file.is_open()) return failed(draft, "cannot be made; give this user the right to write there");
        const std::string secret = random_bytes(secret_bytes);
        const bool written =
            ::write(file.descriptor(), secret.data(), secret.size()) == static_cast<ssize_t>(secret.size()) &&
            ::fsync(file.descriptor()) == 0;
        if (!written) return failed(draft, "cannot be written");
    }
    // link() never replaces a secret that another process has made meanwhile.
    const bool linked = ::link(draft.c_str(), path.c_str()) == 0 || errno == EEXIST;
    ::unlink(draft.c_str());
    if (!linked) return failed(path, "cannot be made");
    return {};
}

}  // namespace

Result<std::string> load_or_make_secret(const std::string& path)
{
    if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) {
        if (auto made = make_secret(path); !made) return made.error();
    }
    return read_secret(path);
}

}  // namespace ladestrom::crypto
