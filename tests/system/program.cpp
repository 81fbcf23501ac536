// posix_spawn and waitpid.
#include "program.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

extern char** environ;

namespace ladestrom::system_test {
namespace {

std::string content_of(const std::string& path)
{
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

}  // namespace

TemporaryDirectory::TemporaryDirectory()
{
    std::string pattern = (std::filesystem::temp_directory_path() / "ladestrom-system-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
    path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory()
{
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

Program::Program(std::string executable, std::vector<std::string> arguments,
                 const TemporaryDirectory& directory)
{
    static int count = 0;
    std::string number = std::to_string(++count);
    output_file_ = directory.file("output-" + number);
    error_file_ = directory.file("errors-" + number);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, output_file_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, error_file_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    std::vector<char*> argv{executable.data()};
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    int error = posix_spawn(&process_, executable.c_str(), &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) throw std::runtime_error(executable + " cannot be started");
}

Program::~Program()
{
    if (!running()) return;
    ::kill(process_, SIGKILL);
    int status = 0;
    ::waitpid(process_, &status, 0);
}

void Program::signal(int number) const
{
    if (!exit_code_) ::kill(process_, number);
}

bool Program::running()
{
    if (exit_code_) return false;
    int status = 0;
    if (::waitpid(process_, &status, WNOHANG) != process_) return true;
    exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return false;
}

std::optional<int> Program::wait(transport::EventLoop& loop, Duration limit)
{
    Tick end = loop.now() + limit;
    while (running() && loop.now() < end) loop.run_until([] { return false; }, milliseconds(20));
    return exit_code_;
}

bool wait_until(transport::EventLoop& loop, const std::function<bool()>& done, Duration limit)
{
    for (Tick end = loop.now() + limit; loop.now() < end;) {
        if (loop.run_until(done, milliseconds(20))) return true;
    }
    return false;
}

std::string Program::output() const
{
    return content_of(output_file_);
}

std::string Program::errors() const
{
    return content_of(error_file_);
}

}  // namespace ladestrom::system_test
