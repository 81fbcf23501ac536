"""C++: a tag for each action and the table of all actions."""

from cpp_names import doc, generated, version_set


def header(family):
    space = family.namespace
    tags = []
    for message in family.messages.values():
        tags.append(
            f"{doc(message.doc)}struct {message.name} {{\n"
            f"    using Request = {message.name}Request;\n    using Response = {message.name}Response;\n"
            f'    static constexpr std::string_view action = "{message.name}";\n'
            f"    static constexpr messages::Sender sender = messages::Sender::{message.sender};\n}};\n\n"
        )
    return (
        f'{generated(space)}#pragma once\n\n#include "messages/codec.hpp"\n#include "messages/{space}/types.hpp"\n\n'
        f"#include <span>\n#include <string_view>\n\nnamespace ladestrom::{space} {{\n\n{''.join(tags)}"
        "// Every action, by name in alphabetical order.\n"
        "std::span<const messages::ActionInfo> actions();\n\n"
        "// nullptr when there is no such action.\n"
        "const messages::ActionInfo* find_action(std::string_view name);\n\n"
        "// Decodes a payload by the name of its action and forgets it; not_implemented for an unknown action.\n"
        "messages::Decoded<void> validate_request(std::string_view action, messages::JsonValue payload,\n"
        "                                         const messages::DecodeContext& context);\n"
        "messages::Decoded<void> validate_response(std::string_view action, messages::JsonValue payload,\n"
        "                                          const messages::DecodeContext& context);\n\n"
        f"}}  // namespace ladestrom::{space}\n"
    )


def source(family):
    space = family.namespace
    ordered = sorted(family.messages.values(), key=lambda message: message.name)
    infos = "".join(
        f'    {{"{m.name}", messages::Sender::{m.sender}, "{m.block.extension or ""}", '
        f"{version_set([v for v in family.versions if m.known_in(v)])}}},\n"
        for m in ordered
    )
    rows = "".join(f"    {{decodes<{m.name}Request>, decodes<{m.name}Response>}},\n" for m in ordered)
    return (
        f'{generated(space)}#include "messages/{space}/actions.hpp"\n\n#include "messages/action_table.hpp"\n'
        f'#include "messages/{space}/codecs.hpp"\n\nnamespace ladestrom::{space} {{\nnamespace {{\n\n'
        f"using messages::decodes;\n\nconstexpr messages::ActionInfo infos[] = {{\n{infos}}};\n\n"
        f"// In the order of infos.\nconstexpr messages::PayloadCheckers checkers[] = {{\n{rows}}};\n\n}}  // namespace\n\n"
        "std::span<const messages::ActionInfo> actions()\n{\n    return infos;\n}\n\n"
        "const messages::ActionInfo* find_action(std::string_view name)\n{\n"
        "    return messages::find_action(infos, name);\n}\n\n"
        "messages::Decoded<void> validate_request(std::string_view action, messages::JsonValue payload,\n"
        "                                         const messages::DecodeContext& context)\n{\n"
        "    return messages::check_payload(infos, checkers, &messages::PayloadCheckers::request, action, payload, context);\n}\n\n"
        "messages::Decoded<void> validate_response(std::string_view action, messages::JsonValue payload,\n"
        "                                          const messages::DecodeContext& context)\n{\n"
        "    return messages::check_payload(infos, checkers, &messages::PayloadCheckers::response, action, payload, context);\n}\n\n"
        f"}}  // namespace ladestrom::{space}\n"
    )
