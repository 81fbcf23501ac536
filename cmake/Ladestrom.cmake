# One call per library, program and test, so that every target is built alike.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(LADESTROM_CCACHE ccache)
if(LADESTROM_CCACHE)
  # What ccache wants to be told before it trusts a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros "${LADESTROM_CCACHE}")
endif()

add_library(ladestrom_flags INTERFACE)
target_compile_options(ladestrom_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports false positives of the first three about std::optional and std::string.
  target_compile_options(ladestrom_flags INTERFACE
    -Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow -Wno-missing-field-initializers)
else()
  # The second: equal precompiled headers are equal to ccache.
  target_compile_options(ladestrom_flags INTERFACE -Wno-missing-field-initializers "SHELL:-Xclang -fno-pch-timestamp")
endif()
if(LADESTROM_SANITIZE)
  target_compile_options(ladestrom_flags INTERFACE
    "-fsanitize=${LADESTROM_SANITIZE}" -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(ladestrom_flags INTERFACE "-fsanitize=${LADESTROM_SANITIZE}")
endif()
add_library(ladestrom_library_flags INTERFACE)
target_link_libraries(ladestrom_library_flags INTERFACE ladestrom_flags)
if(LADESTROM_FUZZ)
  # Coverage for libFuzzer in the libraries; its main() only in the targets (tests/fuzz/CMakeLists.txt).
  target_compile_options(ladestrom_library_flags INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(ladestrom_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
find_program(LADESTROM_MOLD mold)
if(LADESTROM_MOLD)
  target_link_options(ladestrom_flags INTERFACE -fuse-ld=mold)
endif()
# For tests themselves, and for templates of others that take minutes to optimise when they are instrumented.
set(LADESTROM_QUICK_OPTIONS "" CACHE STRING "Compiler options for what need not be quick, but quick to build")
add_library(ladestrom_test_flags INTERFACE)
target_link_libraries(ladestrom_test_flags INTERFACE ladestrom_flags)
target_compile_options(ladestrom_test_flags INTERFACE ${LADESTROM_QUICK_OPTIONS})

# Compiling many sources as one takes a third of the time, where all read the same large headers; the dev build keeps them
# apart, so that a change is built quickly.
option(LADESTROM_UNITY "Compile sources of large libraries together" ON)
function(ladestrom_unity target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${LADESTROM_UNITY} UNITY_BUILD_BATCH_SIZE 9)
endfunction()

# ladestrom_library(name SOURCES ... [DEPENDS libs the headers need] [PRIVATE libs only the sources need] [QUICK])
# The library is also known as ladestrom::name. QUICK: it serves tests alone and takes their compiler options.
function(ladestrom_library name)
  cmake_parse_arguments(arg "QUICK" "" "SOURCES;DEPENDS;PRIVATE" ${ARGN})
  set(kind library)
  if(arg_QUICK AND LADESTROM_TESTS AND LADESTROM_QUICK_OPTIONS)
    set(kind test)
  endif()
  set(target "ladestrom_${name}")
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    target_include_directories(${target} PUBLIC "${PROJECT_SOURCE_DIR}/src")
    target_link_libraries(${target} PUBLIC ${arg_DEPENDS} PRIVATE ladestrom_${kind}_flags ${arg_PRIVATE})
    ladestrom_precompile(${target} ${kind})
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE "${PROJECT_SOURCE_DIR}/src")
    target_link_libraries(${target} INTERFACE ${arg_DEPENDS})
  endif()
  add_library("ladestrom::${name}" ALIAS ${target})
  if(LADESTROM_TESTS AND arg_SOURCES)
    # The library links alone, whole, with what it declares: an undeclared dependency does not build.
    add_executable("${target}_alone" "${PROJECT_SOURCE_DIR}/cmake/alone.cpp")
    target_link_libraries("${target}_alone" PRIVATE ladestrom_flags "$<LINK_LIBRARY:WHOLE_ARCHIVE,${target}>")
    set_target_properties("${target}_alone" PROPERTIES
      RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/alone")
  endif()
endfunction()

# ladestrom_program(name SOURCES ... DEPENDS ...): the executable ladestrom-<name>.
function(ladestrom_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable("ladestrom-${name}" ${arg_SOURCES})
  target_include_directories("ladestrom-${name}" PRIVATE "${PROJECT_SOURCE_DIR}/src")
  target_link_libraries("ladestrom-${name}" PRIVATE ladestrom_flags ${arg_DEPENDS})
  set_target_properties("ladestrom-${name}" PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
endfunction()

# ladestrom_test(name SOURCES ... DEPENDS ... [UNITY]): a GoogleTest program, each of its tests known to ctest.
# UNITY: its sources are compiled together; they name nothing alike.
function(ladestrom_test name)
  if(NOT LADESTROM_TESTS)
    return()
  endif()
  cmake_parse_arguments(arg "UNITY" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable("${name}_test" ${arg_SOURCES})
  target_include_directories("${name}_test" PRIVATE "${PROJECT_SOURCE_DIR}/src")
  target_compile_definitions("${name}_test" PRIVATE
    LADESTROM_SOURCE_DIR="${PROJECT_SOURCE_DIR}" LADESTROM_BINARY_DIR="${PROJECT_BINARY_DIR}")
  ladestrom_precompile("${name}_test" test)
  if(arg_UNITY)
    ladestrom_unity("${name}_test")
  endif()
  target_link_libraries("${name}_test" PRIVATE ladestrom_test_flags ${arg_DEPENDS} GTest::gmock GTest::gtest_main)
  # A sanitized program takes its time to list its tests on a busy machine.
  gtest_discover_tests("${name}_test" TEST_PREFIX "${name}." DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 120)
endfunction()
