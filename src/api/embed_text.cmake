# Turns a text file into a C++ source: cmake -DIN=... -DOUT=... -P embed_text.cmake. Raw strings are cut, because
# compilers bound the length of one.
file(READ "${IN}" rest)
set(literals "")
string(LENGTH "${rest}" left)
while(left GREATER 0)
  string(SUBSTRING "${rest}" 0 8000 piece)
  string(APPEND literals "    R\"~~(${piece})~~\"\n")
  string(LENGTH "${piece}" taken)
  string(SUBSTRING "${rest}" ${taken} -1 rest)
  string(LENGTH "${rest}" left)
endwhile()
file(WRITE "${OUT}" "// Generated from openapi.json.
#include \"api/openapi.hpp\"

namespace ladestrom::api {

std::string_view openapi_json()
{
    return
${literals}    ;
}

}  // namespace ladestrom::api
")
