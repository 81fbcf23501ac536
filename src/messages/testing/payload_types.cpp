#include "messages/testing/payload_types.hpp"

#include "messages/v16.hpp"
#include "messages/v2.hpp"

#include <type_traits>

namespace ladestrom::messages {
namespace {

template <class T>
PayloadType payload_type(const ActionInfo& action, std::string_view kind)
{
    return {
        .action = &action,
        .kind = kind,
        .make = []() -> std::shared_ptr<void> { return std::make_shared<T>(); },
        .read = [](Reader& reader, JsonValue value,
                   void* out) { return Codec<T>::read(reader, value, *static_cast<T*>(out)); },
        .write = [](const void* payload, OcppVersion version,
                    std::string& out) { Codec<T>::encode(*static_cast<const T*>(payload), version, out); }};
}

template <class... Action>
std::vector<PayloadType> payload_types(ActionList<Action...> /*list*/,
                                       const ActionInfo* (*find)(std::string_view))
{
    std::vector<PayloadType> all;
    const auto add = [&]<class One>(One /*tag*/) {
        const ActionInfo& action = *find(One::action);
        all.push_back(payload_type<typename One::Request>(action, "Request"));
        if constexpr (!std::is_same_v<typename One::Response, NoResponse>) {
            all.push_back(payload_type<typename One::Response>(action, "Response"));
        }
    };
    (add(Action{}), ...);
    return all;
}

}  // namespace

const std::vector<PayloadType>& v16_payload_types()
{
    static const auto types = payload_types(v16::Actions{}, v16::find_action);
    return types;
}

const std::vector<PayloadType>& v2_payload_types()
{
    static const auto types = payload_types(v2::Actions{}, v2::find_action);
    return types;
}

}  // namespace ladestrom::messages
