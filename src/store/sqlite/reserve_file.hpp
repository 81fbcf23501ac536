// A file that holds space until it is needed, made and removed through the same file system of SQLite as the
// database beside it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ladestrom::store::sqlite {

// Writes content, durably, into a file of its own. False: no space, or an error.
bool write_file(const std::string& path, const std::string& vfs, std::string_view content);

class ReserveFile {
public:
    // vfs: as OpenOptions::vfs. Nothing is made yet.
    ReserveFile(std::string path, std::string vfs, std::int64_t bytes);

    bool held() const { return held_; }
    // Writes the file out; without room for all of it nothing stays.
    void make();
    // Gives the space back.
    void release();

private:
    std::string path_, vfs_;
    std::int64_t bytes_;
    bool held_ = false;
};

}  // namespace ladestrom::store::sqlite
