#include "csms/redaction.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace ladestrom::csms {
namespace {

constexpr std::array<std::string_view, 2> secret_names{"authorizationkey", "basicauthpassword"};
constexpr std::string_view scheme_ends = "://", scheme_ends_escaped = ":\\/\\/";
constexpr std::array<std::string_view, 2> value_keys{"value", "attributevalue"};

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr std::string_view escape = "\\u";

// ASCII written as \u0041 is read as what it is.
std::string unescaped(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned code = 0;
        if (text.substr(i).starts_with(escape) && text.size() - i >= 6) {
            const char* const digits = text.data() + i + escape.size();
            if (std::from_chars(digits, digits + 4, code, 16).ptr != digits + 4) code = 0;
        }
        const bool ascii = code > 0 && code < 0x80;
        out += ascii ? static_cast<char>(code) : text[i];
        if (ascii) i += 5;
    }
    return out;
}

bool same(std::string_view text, std::string_view lower_case)
{
    if (text.find(escape) != std::string_view::npos) {
        return std::ranges::equal(unescaped(text), lower_case, {}, lower);
    }
    return std::ranges::equal(text, lower_case, {}, lower);
}

// A letter of a name that is rare in frames, and where the name has it: every frame is searched, and nearly
// none holds a secret.
struct Clue {
    std::string_view name;
    char lower, upper;
    std::size_t at;
};
constexpr std::array clues{Clue{secret_names[0], 'z', 'Z', 7}, Clue{secret_names[1], 'w', 'W', 13}};
static_assert(clues.size() == secret_names.size());
static_assert(std::ranges::all_of(clues, [](const Clue& clue) { return clue.name[clue.at] == clue.lower; }));

bool mentions(std::string_view frame, const Clue& clue, char letter)
{
    for (std::size_t at = frame.find(letter); at != std::string_view::npos; at = frame.find(letter, at + 1)) {
        if (at >= clue.at && same(frame.substr(at - clue.at, clue.name.size()), clue.name)) return true;
    }
    return false;
}

// Or may do so, in escapes.
bool mentions_secret(std::string_view frame)
{
    if (frame.find(escape) != std::string_view::npos) return true;
    return std::ranges::any_of(clues, [&](const Clue& clue) {
        return mentions(frame, clue, clue.lower) || mentions(frame, clue, clue.upper);
    });
}

struct Span {
    std::size_t begin, end;
};

// The user and password in URLs (ftp://user:password@host/file of UpdateFirmware, GetDiagnostics, GetLog), up
// to their '@'; slashes may be escaped.
std::vector<Span> find_user_infos(std::string_view frame)
{
    std::vector<Span> found;
    if (frame.find('@') == frame.npos) return found;  // as nearly always
    for (auto at = frame.find(':'); at != frame.npos; at = frame.find(':', at + 1)) {
        std::size_t begin = at;
        for (const std::string_view end : {scheme_ends, scheme_ends_escaped}) {
            if (frame.substr(at).starts_with(end)) begin = at + end.size();
        }
        if (begin == at) continue;
        const std::string_view authority =
            frame.substr(begin).substr(0, frame.substr(begin).find_first_of("/\\?#\" "));
        const auto sign = authority.rfind('@');
        if (sign != authority.npos) found.push_back({begin, begin + sign});
    }
    return found;
}

struct Object {
    bool secret = false;
    std::vector<Span> values;  // of the keys that may hold a password
};

// One pass over JSON text that need not be valid. An object that names a secret loses its values; when it has
// none, the secret's value is in the object around it (2.x: variable beside attributeValue).
class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    std::vector<Span> scan()
    {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '{') {
                objects_.emplace_back();
                key_ = {};
            } else if (c == '}') {
                close_object();
            } else if (c == '"') {
                read_string();
                continue;
            } else if (c == ',') {
                key_ = {};
            } else if (is_scalar(c)) {
                read_scalar();
                continue;
            }
            ++at_;
        }
        while (!objects_.empty()) close_object();
        return std::move(hidden_);
    }

private:
    static bool is_scalar(char c) { return (c >= '0' && c <= '9') || c == '-' || (c >= 'a' && c <= 'z'); }

    void close_object()
    {
        key_ = {};
        if (objects_.empty()) return;
        Object object = std::move(objects_.back());
        objects_.pop_back();
        if (!object.secret) return;
        if (object.values.empty() && !objects_.empty()) objects_.back().secret = true;
        hidden_.insert(hidden_.end(), object.values.begin(), object.values.end());
    }

    void read_string()
    {
        const std::size_t begin = at_++;
        while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
        at_ = std::min(at_ + 1, text_.size());
        const std::string_view content = text_.substr(begin + 1, std::max(at_, begin + 2) - begin - 2);
        if (objects_.empty()) return;
        const bool names_secret =
            std::ranges::any_of(secret_names, [&](std::string_view name) { return same(content, name); });
        if (names_secret) objects_.back().secret = true;
        const std::size_t next = text_.find_first_not_of(" \t\r\n", at_);
        if (next != std::string_view::npos && text_[next] == ':') {
            key_ = content;
        } else {
            note_value(begin);
        }
    }

    void read_scalar()
    {
        const std::size_t begin = at_;
        while (at_ < text_.size() && text_.substr(at_).find_first_of(",}] \t\r\n") != 0) ++at_;
        note_value(begin);
    }

    void note_value(std::size_t begin)
    {
        if (objects_.empty()) return;
        const bool may_hold_one =
            std::ranges::any_of(value_keys, [&](std::string_view key) { return same(key_, key); });
        if (may_hold_one) objects_.back().values.push_back({begin, at_});
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::string_view key_;
    std::vector<Object> objects_;
    std::vector<Span> hidden_;
};

std::string with_hidden(std::string_view text, const std::vector<Span>& hidden, std::string_view instead)
{
    std::string out;
    std::size_t at = 0;
    for (const Span& span : hidden) {
        out.append(text.substr(at, span.begin - at)).append(instead);
        at = span.end;
    }
    return out.append(text.substr(at));
}

}  // namespace

std::string without_secrets(std::string_view frame)
{
    std::string out = with_hidden(frame, find_user_infos(frame), "***");
    if (!mentions_secret(out)) return out;
    std::vector<Span> hidden = Scanner(out).scan();
    std::ranges::sort(hidden, {}, &Span::begin);
    return with_hidden(out, hidden, "\"***\"");
}

}  // namespace ladestrom::csms
