// A program of ours as a child process: started, asked, ended, its output kept.
#pragma once

#include "transport/event_loop.hpp"

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace ladestrom::system_test {

// A directory of its own, removed at the end.
class TemporaryDirectory {
public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    std::string file(const std::string& name) const { return path_ + "/" + name; }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

class Program {
public:
    // Standard output and error go to files in `directory`.
    Program(std::string executable, std::vector<std::string> arguments, const TemporaryDirectory& directory);
    // Kills what still runs.
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    void signal(int number) const;
    // Exit code, or 128 and the signal that ended it; nullopt: it still runs when `limit` is over. The loop
    // runs meanwhile.
    std::optional<int> wait(transport::EventLoop& loop, Duration limit = seconds(30));
    bool running();

    std::string output() const;
    std::string errors() const;

private:
    std::string output_file_, error_file_;
    pid_t process_ = -1;
    std::optional<int> exit_code_;
};

// What is waited for may happen outside of the loop: it is asked every 20 ms.
bool wait_until(transport::EventLoop& loop, const std::function<bool()>& done, Duration limit = seconds(30));

}  // namespace ladestrom::system_test
