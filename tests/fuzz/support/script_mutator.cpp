#include "support/script_mutator.hpp"

#include "support/script.hpp"

#include "base/random.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace ladestrom::fuzz {
namespace {

std::vector<std::string> lines_of(const std::uint8_t* data, std::size_t size)
{
    std::vector<std::string> lines;
    for (Script script(text_of(data, size)); !script.rest().empty();) lines.emplace_back(script.line());
    if (lines.empty()) lines.emplace_back();
    return lines;
}

std::size_t write(const std::vector<std::string>& lines, std::uint8_t* out, std::size_t most)
{
    std::string text;
    for (const std::string& line : lines) text += line + '\n';
    const std::size_t size = std::min(text.size(), most);
    std::memcpy(out, text.data(), size);
    return size;
}

class Mutation {
public:
    explicit Mutation(unsigned seed) : random_(seed) {}

    bool by_steps() { return random_.chance(0.7); }

    void mutate(std::vector<std::string>& lines, std::size_t most)
    {
        for (auto changes = 1 + random_.below(3); changes > 0; --changes) change(lines, most);
    }

    // The beginning of one script and the end of another.
    std::vector<std::string> join(std::vector<std::string> first, const std::vector<std::string>& second)
    {
        first.resize(1 + random_.below(first.size()));
        const auto from = static_cast<std::ptrdiff_t>(random_.below(second.size()));
        first.insert(first.end(), second.begin() + from, second.end());
        return first;
    }

private:
    void change(std::vector<std::string>& lines, std::size_t most)
    {
        const std::size_t at = random_.below(lines.size());
        const auto place = lines.begin() + static_cast<std::ptrdiff_t>(at);
        switch (random_.below(6)) {
            case 0:
                if (lines.size() > 1) lines.erase(place);
                break;
            case 1: lines.insert(place, std::string(*place)); break;
            case 2: std::swap(lines[at], lines[random_.below(lines.size())]); break;
            case 3: {
                const auto steps = usual_steps();
                lines.insert(place + 1, std::string(steps[random_.below(steps.size())]));
                break;
            }
            default: mutate_inside(lines[at], most);
        }
    }

    static void mutate_inside(std::string& line, std::size_t most)
    {
        std::vector<std::uint8_t> bytes(std::max<std::size_t>(most, line.size() + 1));
        std::memcpy(bytes.data(), line.data(), line.size());
        const std::size_t size = LLVMFuzzerMutate(bytes.data(), line.size(), bytes.size());
        line.assign(reinterpret_cast<const char*>(bytes.data()), size);
        std::erase(line, '\n');
    }

    Random random_;
};

}  // namespace
}  // namespace ladestrom::fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed)
{
    using namespace ladestrom::fuzz;
    Mutation mutation(seed);
    if (!mutation.by_steps()) return LLVMFuzzerMutate(data, size, max_size);
    auto lines = lines_of(data, size);
    mutation.mutate(lines, max_size);
    return write(lines, data, max_size);
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* first, std::size_t first_size,
                                                 const std::uint8_t* second, std::size_t second_size,
                                                 std::uint8_t* out, std::size_t max_size, unsigned seed)
{
    using namespace ladestrom::fuzz;
    Mutation mutation(seed);
    return write(mutation.join(lines_of(first, first_size), lines_of(second, second_size)), out, max_size);
}
