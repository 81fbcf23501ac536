#include "crypto/keyed_hash.hpp"
#include "crypto/people_password.hpp"
#include "crypto/random_token.hpp"
#include "crypto/secret_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

namespace ladestrom::crypto {
namespace {

class Directory {
public:
    Directory()
    {
        std::string name = (std::filesystem::temp_directory_path() / "ladestrom-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~Directory() { std::filesystem::remove_all(path_); }
    std::string file(const std::string& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

TEST(KeyedHash, FitsOnlyItsPurposeOwnerAndText)
{
    const KeyedHash hash(std::string(32, 's'));
    const std::string kept = hash.hash("station", "CP1", std::string("pa\0ss", 5));
    EXPECT_TRUE(hash.matches(kept, "station", "CP1", std::string("pa\0ss", 5)));
    EXPECT_FALSE(hash.matches(kept, "station", "CP1", "pa"));
    EXPECT_FALSE(hash.matches(kept, "station", "CP2", std::string("pa\0ss", 5)));
    EXPECT_FALSE(hash.matches(kept, "api-key", "CP1", std::string("pa\0ss", 5)));
    EXPECT_FALSE(hash.matches("", "station", "CP1", ""));
    EXPECT_NE(hash.hash("a", "bc", "d"), hash.hash("ab", "c", "d"));
    EXPECT_FALSE(KeyedHash(std::string(32, 't')).matches(kept, "station", "CP1", std::string("pa\0ss", 5)));
}

// RFC 4231 would fix HMAC itself; this fixes our message form, so that stored hashes outlive releases.
TEST(KeyedHash, KeepsItsForm)
{
    EXPECT_EQ(KeyedHash(std::string(32, 's')).hash("station", "CP1", "secret"),
              "hmac-sha256:296c1a0f8d6ee176600708a4866a96eb64961869c25d3b048780019ebfbd1cf1");
}

TEST(PeoplePassword, MatchesItselfOnly)
{
    const Argon2Cost cheap{.passes = 1, .memory_kib = 64};
    const auto hash = hash_password("correct horse", cheap);
    ASSERT_TRUE(hash);
    EXPECT_EQ(hash->rfind("$argon2id$v=19$m=64,t=1,p=1$", 0), 0U);
    EXPECT_TRUE(password_matches(*hash, "correct horse"));
    EXPECT_FALSE(password_matches(*hash, "correct horsf"));
    EXPECT_FALSE(password_matches("", "correct horse"));
    EXPECT_FALSE(password_matches("$argon2id$nonsense", ""));
    EXPECT_NE(*hash, *hash_password("correct horse", cheap)) << "salted";
}

TEST(RandomToken, IsLongPrintableAndNew)
{
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const std::string token = random_token(24);
        EXPECT_EQ(token.size(), 32U);
        EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
                  std::string::npos);
        seen.insert(token);
    }
    EXPECT_EQ(seen.size(), 1000U);
    EXPECT_EQ(to_base64url("\xfb\xff"), "-_8");
    EXPECT_EQ(fingerprint("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(SecretFile, IsMadeOnceAndKept)
{
    const Directory directory;
    const auto first = load_or_make_secret(directory.file("secret"));
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_EQ(first->size(), 32U);
    EXPECT_EQ(*load_or_make_secret(directory.file("secret")), *first);
    struct stat status {};
    ASSERT_EQ(::stat(directory.file("secret").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
    EXPECT_NE(*load_or_make_secret(directory.file("other")), *first);
}

TEST(SecretFile, RefusesWhatIsOpenToOthersOrDamaged)
{
    const Directory directory;
    ASSERT_TRUE(load_or_make_secret(directory.file("secret")));
    ::chmod(directory.file("secret").c_str(), 0644);
    const auto open = load_or_make_secret(directory.file("secret"));
    ASSERT_FALSE(open);
    EXPECT_NE(open.error().message.find("chmod 600"), std::string::npos);
    std::ofstream(directory.file("short")) << "x";
    ::chmod(directory.file("short").c_str(), 0600);
    EXPECT_FALSE(load_or_make_secret(directory.file("short")));
    EXPECT_FALSE(load_or_make_secret(directory.file("no/such/directory")));
}

}  // namespace
}  // namespace ladestrom::crypto
