"""C++: a tag for each action and the table of all actions."""

from string import Template

from cpp_names import doc, generated, version_set

_HEADER = Template("""\
#pragma once

#include "messages/codec.hpp"
#include "messages/$space/types.hpp"

#include <span>
#include <string_view>

namespace ladestrom::$space {

$tags// The same as types, for code that is written for each of them.
using Actions = messages::ActionList<$names>;

// Every action, by name in alphabetical order.
std::span<const messages::ActionInfo> actions();

// nullptr when there is no such action.
const messages::ActionInfo* find_action(std::string_view name);

// Decodes a payload by the name of its action and forgets it; not_implemented for an unknown action.
messages::Decoded<void> validate_request(std::string_view action, messages::JsonValue payload,
                                         const messages::DecodeContext& context);
messages::Decoded<void> validate_response(std::string_view action, messages::JsonValue payload,
                                          const messages::DecodeContext& context);

}  // namespace ladestrom::$space
""")

_TAG = Template("""\
${doc}struct $name {
    using Request = ${name}Request;
    using Response = $response;
    static constexpr std::string_view action = "$name";
    static constexpr messages::Sender sender = messages::Sender::$sender;
};

""")

_SOURCE = Template("""\
#include "messages/$space/actions.hpp"

#include "messages/action_table.hpp"
#include "messages/$space/codecs.hpp"

namespace ladestrom::$space {
namespace {

using messages::decodes;
using messages::PayloadCheckers;

constexpr messages::ActionInfo infos[] = {
$infos};

// In the order of infos.
constexpr PayloadCheckers checkers[] = {
$checkers};

}  // namespace

std::span<const messages::ActionInfo> actions()
{
    return infos;
}

const messages::ActionInfo* find_action(std::string_view name)
{
    return messages::find_action(infos, name);
}

messages::Decoded<void> validate_request(std::string_view action, messages::JsonValue payload,
                                         const messages::DecodeContext& context)
{
    return messages::check_payload(infos, checkers, &PayloadCheckers::request, action, payload, context);
}

messages::Decoded<void> validate_response(std::string_view action, messages::JsonValue payload,
                                          const messages::DecodeContext& context)
{
    return messages::check_payload(infos, checkers, &PayloadCheckers::response, action, payload, context);
}

}  // namespace ladestrom::$space
""")


def header(family):
    tags = "".join(
        _TAG.substitute(
            doc=doc(message.doc),
            name=message.name,
            response="messages::NoResponse" if message.sent else f"{message.name}Response",
            sender=message.sender,
        )
        for message in family.messages.values()
    )
    names = f",\n{' ' * 37}".join(family.messages)
    return generated(family.namespace) + _HEADER.substitute(space=family.namespace, tags=tags, names=names)


def source(family):
    ordered = sorted(family.messages.values(), key=lambda message: message.name)
    infos = "".join(f"    {_info(family, message)},\n" for message in ordered)
    checkers = "".join(
        f"    {{decodes<{m.name}Request>, {'nullptr' if m.sent else f'decodes<{m.name}Response>'}}},\n"
        for m in ordered
    )
    return generated(family.namespace) + _SOURCE.substitute(
        space=family.namespace, infos=infos, checkers=checkers
    )


def _info(family, message):
    known = version_set([version for version in family.versions if message.known_in(version)])
    extension = message.block.extension or ""
    sent = ", true" if message.sent else ""
    return f'{{"{message.name}", messages::Sender::{message.sender}, "{extension}", {known}{sent}}}'
