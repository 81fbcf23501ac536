# The headers that most sources read, compiled once, which saves a good part of every build. tools/tidy sees to it that a
# source still includes what it uses.
#
# A precompiled header is only good under the flags it was made with. So there is one for libraries and one for tests, and
# each a second time with Boost.Asio, for the folder that says set(LADESTROM_ASIO ON), whose libraries have the options of
# tests.
option(LADESTROM_PRECOMPILE "Precompile the headers that most sources read" ON)

set(ladestrom_precompiled_library
  <algorithm> <array> <charconv> <chrono> <cstdint> <deque> <filesystem> <functional> <map> <memory> <optional> <set>
  <span> <string> <string_view> <unordered_map> <utility> <variant> <vector> <fmt/format.h>)
set(ladestrom_precompiled_test ${ladestrom_precompiled_library} <gmock/gmock.h> <gtest/gtest.h>)
set(ladestrom_precompiled_asio
  <boost/asio/io_context.hpp> <boost/asio/ip/tcp.hpp> <boost/asio/ssl.hpp> <boost/asio/steady_timer.hpp>
  <boost/beast/core.hpp> <boost/beast/http.hpp> <boost/beast/websocket.hpp>)

function(ladestrom_precompiled_host kind)
  foreach(asio "" _asio)
    set(host "ladestrom_precompiled_${kind}${asio}")
    add_library(${host} STATIC EXCLUDE_FROM_ALL "${PROJECT_SOURCE_DIR}/cmake/alone.cpp")
    target_link_libraries(${host} PRIVATE ${ARGN} fmt::fmt Boost::boost)
    target_precompile_headers(${host} PRIVATE ${ladestrom_precompiled_${kind}})
    if(asio)
      target_precompile_headers(${host} PRIVATE ${ladestrom_precompiled_asio})
      target_compile_definitions(${host} PRIVATE ${LADESTROM_ASIO_DEFINITIONS})
      target_compile_options(${host} PRIVATE ${LADESTROM_QUICK_OPTIONS})
    endif()
  endforeach()
endfunction()

if(LADESTROM_PRECOMPILE)
  ladestrom_precompiled_host(library ladestrom_library_flags)
  if(LADESTROM_TESTS)
    ladestrom_precompiled_host(test ladestrom_test_flags GTest::gmock)
  endif()
endif()

# ladestrom_precompile(target library|test): as LADESTROM_PRECOMPILE says.
function(ladestrom_precompile target kind)
  if(NOT LADESTROM_PRECOMPILE)
    return()
  endif()
  set(host "ladestrom_precompiled_${kind}")
  if(LADESTROM_ASIO)
    string(APPEND host _asio)
  endif()
  target_precompile_headers(${target} REUSE_FROM ${host})
  target_compile_definitions(${target} PRIVATE $<TARGET_PROPERTY:fmt::fmt,INTERFACE_COMPILE_DEFINITIONS>)
endfunction()
